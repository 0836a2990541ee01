//! Plain text: lines, of which those that name a secret are shown up to the name.

use super::{Blotter, blotted, names};

/// The longest name that is looked for before a `:` or a `=`.
const LONGEST_NAME: usize = 64;

/// The text as it may be shown.
pub fn show(text: &str, blotter: &Blotter) -> String {
    let lines = text.split('\n').map(|line| {
        let names_one = line
            .char_indices()
            .filter(|(_, character)| matches!(character, ':' | '='))
            .find(|(at, _)| speaks(line.get(..*at).unwrap_or_default()));
        match names_one {
            Some((at, _)) => {
                let (before, after) = line.split_at(at + 1);
                format!("{}{}", blotter.scrub(before), blotted(after.trim()))
            }
            None => blotter.scrub(line),
        }
    });
    lines.collect::<Vec<_>>().join("\n")
}

/// Whether the last words before a sign speak of a secret.
fn speaks(before: &str) -> bool {
    let from = before.len().saturating_sub(LONGEST_NAME);
    let from = before.ceil_char_boundary(from);
    let name = before.get(from..).unwrap_or_default();
    name.is_ascii() && names::speaks_of_secrets(name)
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
    }
}
