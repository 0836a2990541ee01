//! P15: refusing a wrong secret must not cost so much more than accepting a right one that refusals become a weapon.

use anyhow::Result;

use super::{Bench, TOKEN};
use crate::pairs::Pairs;
use crate::table::{Asked, Row};
use crate::wrk::Request;

pub fn wrong_secret(bench: &Bench<'_>) -> Result<Vec<Row>> {
    let form = bench.place.credential("opaque", "shifts=read")?;
    let address = bench.place.address("opaque");
    let right = format!("grant_type=client_credentials&{form}");
    // As long as the right one, and wrong in its last character only.
    let mut wrong = right.clone();
    let last = wrong.pop();
    wrong.push(if last == Some('0') { '1' } else { '0' });
    let right = Request::form(bench.folder, "right", &right)?.to(address, TOKEN);
    let wrong = Request::form(bench.folder, "wrong", &wrong)?
        .to(address, TOKEN)
        .refused();
    let pairs = Pairs::measure(&right, &wrong, &[bench.server.processes()])?;
    let row = Asked::ratio(1.2, 1.5).row(
        "P15",
        "a wrong generated secret / a right one",
        pairs.cpu(0),
    );
    Ok(vec![row.with(pairs.requests(), pairs.microseconds(0))])
}
