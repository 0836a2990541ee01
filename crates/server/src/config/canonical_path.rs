//! Paths with one spelling: what is compared as text must not be writable in a second way.

/// Says what keeps a path of the configuration from being canonical; None when nothing does.
pub fn fault(path: &str) -> Option<&'static str> {
    if !path.starts_with('/') {
        return Some("a path starts with a slash");
    }
    if path == "/" {
        return None;
    }
    if path.ends_with('/') {
        return Some("a path ends without a slash; take the last one out");
    }
    if path.contains("//") {
        return Some("a path has no empty segment; take the double slash out");
    }
    if path
        .split('/')
        .any(|segment| segment == "." || segment == "..")
    {
        return Some("a path has no . or .. segment; write where it leads");
    }
    if path.contains('%') {
        return Some("a path is written plainly, without percent-encoding");
    }
    if path.contains(['?', '#']) {
        return Some("a path has no query and no fragment; take them out");
    }
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || b"/-._~!$&'()*+,=:@".contains(&byte);
    if !path.bytes().all(plain) {
        return Some("a path holds letters, digits and -._~!$&'()*+,=:@ only");
    }
    None
}

/// Whether `path` is `prefix` or lies beneath it, by whole segments.
pub fn is_beneath(path: &str, prefix: &str) -> bool {
    prefix == "/"
        || path
            .strip_prefix(prefix)
            .is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
}
