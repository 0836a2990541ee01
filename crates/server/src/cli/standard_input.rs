//! A secret from standard input: never from the arguments, which every user of the machine can list.

use std::io::BufRead;

use super::ended::Ended;

/// Longer than any secret that is accepted.
const LONGEST: u64 = 4096;

/// One line without its line end.
pub fn secret() -> Result<String, Ended> {
    line(std::io::stdin().lock())
}

fn line(input: impl BufRead) -> Result<String, Ended> {
    let mut text = String::new();
    input.take(LONGEST).read_line(&mut text).map_err(|error| {
        Ended::usage(format!(
            "The secret cannot be read from standard input: {error}."
        ))
    })?;
    let line = text.strip_suffix('\n').unwrap_or(&text);
    let line = line.strip_suffix('\r').unwrap_or(line);
    if line.is_empty() {
        return Err(Ended::usage(
            "Standard input holds no secret; give it as one line.",
        ));
    }
    Ok(line.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_line_is_read_without_its_end() {
        let read = |text: &str| line(text.as_bytes()).ok();
        assert_eq!(
            read("correct horse \nsecond").as_deref(),
            Some("correct horse ")
        );
        assert_eq!(read("abc\r\n").as_deref(), Some("abc"));
        assert_eq!(read("abc").as_deref(), Some("abc"));
        assert_eq!(read("\n"), None);
        assert_eq!(read(""), None);
    }
}
