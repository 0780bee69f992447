//! A workspace of many small places, and what sharing them out leaves in it.
//!
//! What is expected of it is left to the tests of shards.

use std::collections::BTreeMap;
use std::fs;
use std::ops::Deref;

use briefing::disk::sha256;
use briefing::shards::{Plan, Reader};
use serde_json::Value;

use crate::project::{AS_OF, Project, Run};

/// Villages that exist nowhere, and the two counties.
pub(crate) struct Villages {
    project: Project,
}

impl Deref for Villages {
    type Target = Project;

    fn deref(&self) -> &Project {
        &self.project
    }
}

impl Villages {
    /// So many villages.
    pub(crate) fn new(count: usize) -> Self {
        let villages = Self { project: Project::counties() };
        (1..=count).for_each(|number| villages.add(number));
        villages
    }

    /// One more village.
    pub(crate) fn add(&self, number: usize) {
        let text = self.read("data/regions/baishi.toml");
        // A name has no digits: these count in 干支.
        let (stem, branch) = ("甲乙丙丁戊己庚辛壬癸", "子丑寅卯辰巳午未申酉戌亥");
        let name: String = [(stem, number % 10), (branch, number % 12)]
            .into_iter()
            .filter_map(|(characters, at)| characters.chars().nth(at))
            .collect();
        let text = text
            .replace("id = \"baishi\"\n", &format!("id = \"village-{number:03}\"\n"))
            .replace("白石", &name)
            .replace("order = 2", &format!("order = {}", number + 2));
        self.write(&format!("data/regions/village-{number:03}.toml"), text);
    }

    /// Plans all villages among so many shards, as drafts or under numbers.
    pub(crate) fn plan(&self, shards: usize, more: &[&str]) -> Run {
        let shards = shards.to_string();
        let common = ["plan", "--all", "--as-of", AS_OF, "--shards", &shards];
        self.run(common.iter().chain(more))
    }

    /// The plan as it was written.
    pub(crate) fn planned(&self) -> Plan {
        Reader::of(&self.path("plan.json")).whole().expect("a whole plan")
    }

    /// Makes one shard.
    pub(crate) fn shard(&self, shard: usize, of: usize, more: &[&str]) -> Run {
        let shard = format!("{shard}/{of}");
        let common = ["generate", "--plan", "plan.json", "--jobs", "1", "--shard", &shard];
        self.run(common.iter().chain(more))
    }

    pub(crate) fn merge(&self, more: &[&str]) -> Run {
        self.run(["merge", "plan.json"].iter().chain(more))
    }

    /// The numbers in the ledger: kind, subject, number, date, state.
    pub(crate) fn issues(&self) -> Vec<String> {
        let run = self.run(["issue", "list"]);
        let rows = run.ok().stdout.lines().skip(1).map(|row| {
            let cells: Vec<&str> = row.split_whitespace().collect();
            format!("{} {} {} {} {}", cells[1], cells[2], cells[0], cells[4], cells[5])
        });
        rows.collect()
    }

    /// The entries of a manifest.
    pub(crate) fn entries(&self, manifest: &str) -> serde_json::Map<String, Value> {
        let value: Value = serde_json::from_str(&self.read(manifest)).expect("a manifest is JSON");
        value["entries"].as_object().expect("entries").clone()
    }

    /// The digests of all documents and views in a folder, by name.
    pub(crate) fn made(&self, folder: &str) -> BTreeMap<String, String> {
        let files = self.files(folder).into_iter().filter(|name| name.starts_with("2026-11/"));
        let digest = |name: &String| sha256(&fs::read(self.path(folder).join(name)).expect("a file"));
        files.map(|name| (name.clone(), digest(&name))).collect()
    }
}
