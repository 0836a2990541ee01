//! An operation as a command line.

use crate::pages::{Body, Field};

/// The line, in the shell's quotes, with the values of the examples in it.
pub fn curl(
    method: &str,
    url: &str,
    proves: &str,
    parameters: &[Field],
    body: Option<&Body>,
) -> String {
    let mut url = url.to_owned();
    let mut query = Vec::new();
    let mut lines = Vec::new();
    for parameter in parameters {
        let value = match parameter.example.as_str() {
            "" => parameter.name.to_uppercase(),
            example => example.to_owned(),
        };
        match parameter.place.as_str() {
            "path" => url = url.replace(&format!("{{{}}}", parameter.name), &encoded(&value)),
            "query" if parameter.required => {
                query.push(format!("{}={}", encoded(&parameter.name), encoded(&value)));
            }
            "header" if parameter.required => {
                lines.push(format!(
                    "-H {}",
                    quoted(&format!("{}: {value}", parameter.name))
                ));
            }
            _ => {}
        }
    }
    match proves {
        "basic" => lines.push("-u 'CLIENT_ID:CLIENT_SECRET'".to_owned()),
        "bearer" => lines.push("-H 'Authorization: Bearer ACCESS_TOKEN'".to_owned()),
        _ => {}
    }
    let content = body.and_then(|body| body.contents.first());
    if let Some(content) = content {
        if content.media_type != "application/x-www-form-urlencoded" {
            let header = format!("Content-Type: {}", content.media_type);
            lines.push(format!("-H {}", quoted(&header)));
        }
        let example = content.examples.first();
        let text = example
            .map(|(_, _, text)| text.as_str())
            .unwrap_or_default();
        lines.push(format!("-d {}", quoted(text)));
    }
    if !query.is_empty() {
        url = format!("{url}?{}", query.join("&"));
    }
    let usual = if content.is_some() { "post" } else { "get" };
    let by = if method == usual {
        String::new()
    } else {
        format!("-X {} ", method.to_uppercase())
    };
    let mut command = format!("curl {by}{}", quoted(&url));
    for line in lines {
        command.push_str(" \\\n    ");
        command.push_str(&line);
    }
    command
}

fn quoted(text: &str) -> String {
    format!("'{}'", text.replace('\'', r"'\''"))
}

fn encoded(text: &str) -> String {
    form_urlencoded::byte_serialize(text.as_bytes()).collect()
}
