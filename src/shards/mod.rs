//! Many documents shared out: a plan with all numbers, shards that share nothing with each other, and a merge that finds them whole.
//!
//! Who starts the shards, where and how often, is left to an engine that does nothing else: Slurm, Kubernetes, GNU parallel.

mod drawing;
mod error;
mod gathering;
mod making;
mod merging;
mod plan;

pub use drawing::{Drawing, Drawn, Left, draw};
pub use error::ShardError;
pub use gathering::{Fault, Gathered, gather};
pub use making::{Ended, Share, differences, make};
pub use merging::{Merged, Merging, Standing, abandon, merge};
pub use plan::{Head, Plan, Planned, Reader};

/// The name of the manifest of a shard within the folder that it writes to.
pub fn manifest_name(shard: usize, of: usize) -> String {
    format!("manifest.shard-{shard}-of-{of}.json")
}
