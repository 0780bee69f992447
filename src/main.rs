//! `report`: the command line over the library `briefing`.

use std::path::Path;

use briefing::diag::{Colour, Diagnostics, MessageFormat, render};
use briefing::model::CaseBook;

#[expect(clippy::print_stdout, reason = "a scratch main")]
fn main() {
    let mut d = Diagnostics::new();
    let book = CaseBook::open(Path::new("data"), &mut d);
    for id in &book.regions {
        let r = book.region(id);
        if let Some(region) = &r.output {
            println!(
                "{} facts {} derived {} mechanisms {}",
                id,
                region.facts.len(),
                region.derived.len(),
                region.mechanisms.len()
            );
            for x in &region.derived {
                println!("  {} {} = {}", x.id, x.formula, x.quantity.printed());
            }
        }
        d.extend(r.diagnostics);
    }
    d.sort();
    print!("{}", render(&d, MessageFormat::Human, Colour::Never));
    println!("{} errors {} warnings", d.errors(), d.warnings());
}
