//! Patterns in which nothing that a person typed is a wildcard.

/// A pattern that finds the text anywhere, for `like … escape '!'`.
pub(crate) fn like(text: &str) -> String {
    let mut pattern = String::from("%");
    for character in text.chars() {
        if matches!(character, '%' | '_' | '!') {
            pattern.push('!');
        }
        pattern.push(character);
    }
    pattern.push('%');
    pattern
}
