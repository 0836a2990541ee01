//! Plain text: lines, of which those that name a secret are shown up to the name.

use super::{Blotter, blotted, names};

/// The text as it may be shown.
pub fn show(text: &str, blotter: &Blotter) -> String {
    let shown = lines(text)
        .into_iter()
        .map(|(before, hidden)| match hidden {
            "" => blotter.scrub(before),
            hidden => format!("{}{}", blotter.scrub(before), blotted(hidden.trim())),
        });
    shown.collect::<Vec<_>>().join("\n")
}

/// Tells the blotter of what will not be shown.
pub fn know(text: &str, blotter: &mut Blotter) {
    for (_, hidden) in lines(text) {
        blotter.know(hidden);
        let around = |c: char| c.is_whitespace() || matches!(c, '"' | '\'' | ',' | ';' | '}' | '<');
        let first = hidden.trim_start_matches(around).split(around).next();
        blotter.know(first.unwrap_or_default());
    }
}

/// Each line, in two: what is shown and what is not.
fn lines(text: &str) -> Vec<(&str, &str)> {
    // What a line names and does not hold stands in the next one.
    let mut is_owed = false;
    let halves = text.split('\n').map(|line| {
        if is_owed && !line.trim().is_empty() {
            is_owed = false;
            return ("", line);
        }
        let names_one = line
            .char_indices()
            .filter(|(_, character)| matches!(character, ':' | '='))
            .find(|(at, _)| names::speaks_at_end(line.get(..*at).unwrap_or_default()));
        match names_one {
            Some((at, _)) => {
                let (before, after) = line.split_at(at + 1);
                is_owed = after.trim().is_empty();
                (before, after)
            }
            None if names::speak_inside(line) => ("", line),
            None => (line, ""),
        }
    });
    halves.collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_that_names_a_secret_ends_there() {
        let text = "status: ok\nyour password = hunter2 and more\nname=anna";
        assert_eq!(
            show(text, &Blotter::default()),
            "status: ok\nyour password =[blotted out, 16 characters]\nname=anna"
        );
        for text in [
            "Größe é password: hunter2x",
            "token:\n\nhunter2x",
            "<password>hunter2x</password>",
            "see https://anna:hunter2x@host/",
        ] {
            let shown = show(text, &Blotter::default());
            assert!(!shown.contains("hunter2x"), "{shown}");
        }
        let mut blotter = Blotter::default();
        know("{\"password\": \"hunter2x\", \"b\": 1}", &mut blotter);
        assert!(!blotter.is_clean("is hunter2x."));
    }
}
