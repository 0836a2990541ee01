//! The table as a picture: how far each figure lies from its goal, on one scale.

use std::fmt::Write;

use crate::table::{Row, Verdict};

const WIDTH: usize = 860;
const LEFT: f64 = 400.0;
const RIGHT: f64 = 800.0;
const TOP: f64 = 56.0;
const STEP: f64 = 24.0;
/// Characters of a row's name.
const LONGEST: usize = 44;
/// Bars end here, as many times the goal.
const MOST: f64 = 2.0;

/// An SVG that reads on light and dark ground. Rows without a figure are left out.
pub fn svg(rows: &[Row], machine: &str) -> String {
    let rows: Vec<&Row> = rows
        .iter()
        .filter(|row| row.verdict != Verdict::Unknown)
        .collect();
    let height = TOP + rows.len() as f64 * STEP + 40.0;
    let at = |share: f64| LEFT + (RIGHT - LEFT) * share.min(MOST) / MOST;
    let bottom = height - 34.0;
    let mut picture = format!(
        r##"<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {height}" role="img" aria-labelledby="title" font-family="system-ui, sans-serif" font-size="13">
<title id="title">Each measured row against its goal; a shorter bar is better, the line is the goal</title>
<style>
text {{ fill: #24292f }} .quiet {{ fill: #57606a }} .goal {{ stroke: #57606a }} .met {{ fill: #2da44e }} .within {{ fill: #bf8700 }} .missed {{ fill: #cf222e }}
@media (prefers-color-scheme: dark) {{ text {{ fill: #e6edf3 }} .quiet {{ fill: #9198a1 }} .goal {{ stroke: #9198a1 }} }}
</style>
<text x="12" y="22" font-weight="600">How far from the goal</text>
<text x="{goal}" y="44" text-anchor="middle" class="quiet">the goal</text>
<line x1="{goal}" x2="{goal}" y1="50" y2="{bottom}" class="goal" stroke-dasharray="3 3"/>
"##,
        goal = at(1.0),
    );
    for (number, row) in rows.iter().enumerate() {
        let y = TOP + number as f64 * STEP;
        let (class, word) = match row.verdict {
            Verdict::Met => ("met", "met"),
            Verdict::Within => ("within", "within the bound"),
            Verdict::Missed | Verdict::Unknown => ("missed", "missed"),
        };
        let share = row.share_of_goal;
        let what = shortened(&row.what);
        let _ = writeln!(
            picture,
            r#"<text x="12" y="{text}">{} {}</text><rect x="{LEFT}" y="{y}" width="{width:.1}" height="14" rx="2" class="{class}"><title>{word}</title></rect><text x="{end:.1}" y="{text}">{}</text>"#,
            escaped(row.name),
            escaped(&what),
            escaped(&row.figure),
            text = y + 12.0,
            width = at(share) - LEFT,
            end = at(share) + 6.0,
        );
    }
    let _ = writeln!(
        picture,
        r#"<text x="12" y="{}" class="quiet" font-size="11">{}</text></svg>"#,
        height - 12.0,
        escaped(&machine.chars().take(140).collect::<String>()),
    );
    picture
}

/// Whole lines are for the table.
fn shortened(what: &str) -> String {
    let mut shown: String = what.chars().take(LONGEST).collect();
    if shown.len() < what.len() {
        shown.push('…');
    }
    shown
}

fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;")
}
