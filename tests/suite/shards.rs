//! Plans and their shards: complete, disjoint, the same every time, and together what one run makes.
//!
//! What is refused is left to `shards_refused`, kills to `shards_killed`, engines to `slurm_array`, `gnu_parallel` and `indexed_job`.

use std::collections::BTreeSet;
use std::fs;

use crate::office::{FIRST, MONTHLY, Office};
use crate::tools::have;
use crate::villages::Villages;
use briefing::shards::Reader;

#[test]
fn each_document_is_in_one_shard_whatever_their_number() {
    if !have(&["faces"]) {
        return;
    }
    let villages = Villages::new(23);
    for shards in [1, 2, 3, 10, 11, 12, 26, 40] {
        villages.plan(shards, &["--drafts"]).ok();
        let first = villages.read("plan.json");
        let whole = villages.planned();
        assert_eq!(whole.documents.len(), 26, "23 villages, two counties, one comparison");
        let mut names = BTreeSet::new();
        let mut sizes = BTreeSet::new();
        for shard in 1..=shards {
            let part = Reader::of(&villages.path("plan.json")).shard(shard).expect("a shard");
            assert_eq!((&part.id, &part.head), (&whole.id, &whole.head));
            sizes.insert(part.documents.len());
            for planned in &part.documents {
                assert!(whole.documents.contains(planned));
                assert!(
                    names.insert((planned.document.clone(), planned.subject.clone())),
                    "{planned:?} twice"
                );
            }
        }
        assert_eq!(names.len(), 26, "{shards} shards");
        assert!(sizes.last().unwrap_or(&0) - sizes.first().unwrap_or(&0) <= 1, "{shards} shards: {sizes:?}");
        villages.plan(shards, &["--drafts"]).ok();
        assert_eq!(villages.read("plan.json"), first, "{shards} shards");
    }
    assert!(villages.files(".report").is_empty(), "drafts touch no ledger");
}

/// Whatever line of a plan is lost, doubled, cut off or changed, it is not read as a plan, or is another one.
#[test]
fn a_plan_that_was_altered_is_seen() {
    if !have(&["faces"]) {
        return;
    }
    let villages = Villages::new(5);
    villages.plan(3, &["--drafts"]).ok();
    let text = villages.read("plan.json");
    let id = villages.planned().id;
    let lines: Vec<String> = text.lines().map(str::to_owned).collect();
    let mut refused = 0;
    for at in 0..lines.len() {
        for how in 0..4 {
            let mut altered = lines.clone();
            match how {
                0 => drop(altered.remove(at)),
                1 => altered.insert(at, lines[at].clone()),
                2 => altered.truncate(at),
                _ => altered[at] = altered[at].replacen('1', "2", 1),
            }
            let altered = altered.join("\n") + "\n";
            if altered == text {
                continue;
            }
            villages.write("plan.json", &altered);
            match Reader::of(&villages.path("plan.json")).whole() {
                Ok(plan) => assert_ne!(plan.id, id, "line {at}, {how}"),
                Err(error) => {
                    refused += 1;
                    assert!(error.to_string().contains("plan.json"), "{error}");
                }
            }
        }
    }
    assert!(refused >= 3 * lines.len(), "only {refused} of {} are refused", 4 * lines.len());
}

#[test]
fn shards_make_what_one_run_makes() {
    if !have(&["faces"]) {
        return;
    }
    let villages = Villages::new(5);
    villages.generate(["--all", "--out", "alone"]).ok();
    villages.plan(3, &["--drafts"]).ok();
    for shard in 1..=3 {
        // Each on a machine of its own: nothing but the workspace is there for all.
        let out = format!("machine-{shard}");
        let run = villages.shard(shard, 3, &["--out", &out]);
        run.ok().prints(&format!("shard {shard} of 3: "));
        let files = villages.files(&out);
        assert!(files.contains(&format!("manifest.shard-{shard}-of-3.json")), "{files:?}");
        assert!(!files.iter().any(|name| name == "manifest.json" || name == ".manifest.lock"), "{files:?}");
    }
    let merged = villages.merge(&["machine-3", "machine-1", "machine-2"]);
    merged.ok().prints("merged 8 documents: reports/manifest.json");
    assert_eq!(villages.read("reports/manifest.json"), villages.read("alone/manifest.json"));
    assert_eq!(villages.made("reports"), villages.made("alone"));
    assert_eq!(villages.made("reports").len(), 16, "eight documents with their views");
    // What they were made from came with them.
    villages.run(["verify", "--all"]).ok();
    // A merge of what is merged changes nothing, and a run over it finds everything as it would be made.
    villages.merge(&["machine-3", "machine-1", "machine-2"]).ok();
    assert_eq!(villages.read("reports/manifest.json"), villages.read("alone/manifest.json"));
    let again = villages.generate(["--all"]);
    assert_eq!(again.ok().stdout.matches("unchanged").count(), 8, "{}", again.stdout);
}

#[test]
fn numbers_are_reserved_once_and_issued_by_the_merge() {
    if !have(&["faces"]) {
        return;
    }
    let villages = Villages::new(4);
    villages
        .plan(3, &[])
        .ok()
        .prints("7 documents about 2026-11 in 3 shards of 2 or 3; comparative no. 1; region no. 1 to 6");
    let (first, reserved) = (villages.read("plan.json"), villages.issues());
    assert_eq!(reserved.len(), 7);
    assert!(reserved.iter().all(|issue| issue.ends_with("2026-11-30 reserved")), "{reserved:?}");
    assert_eq!(reserved[1], "region qinghe 2026年第1期（总第1期） 2026-11-30 reserved", "in 建制序");
    // On another day, with nothing changed: the same numbers under the same date.
    villages.run(["plan", "--all", "--as-of", "2026-12-02", "--period", "2026-11", "--shards", "3"]).ok();
    assert_eq!(villages.read("plan.json"), first);
    assert_eq!(villages.issues(), reserved);
    // One that joins comes last, and moves none of its kind to another shard.
    villages.add(5);
    villages.run(["plan", "--all", "--as-of", "2026-12-02", "--period", "2026-11", "--shards", "3"]).ok();
    let plan = villages.planned();
    let of_kind = plan.documents.iter().filter(|planned| planned.document == "region").collect::<Vec<_>>();
    assert_eq!(
        of_kind.last().map(|planned| (planned.subject.as_str(), planned.number, planned.date.as_str())),
        Some(("village-005", Some((7, 7)), "2026-12-02"))
    );
    let shards: Vec<usize> = of_kind.iter().map(|planned| planned.shard).collect();
    assert_eq!(shards, [1, 2, 3, 1, 2, 3, 1]);
    for shard in 1..=3 {
        villages.shard(shard, 3, &[]).ok();
    }
    villages.merge(&[]).ok().prints("merged 8 documents");
    let issued = villages.issues();
    assert_eq!(issued.len(), 8);
    assert!(issued.iter().all(|issue| issue.ends_with(" issued")), "{issued:?}");
    villages.run(["ledger", "check"]).ok();
    // Everything that happens later finds them issued: another merge, a run, a plan, a plan of drafts.
    villages.merge(&[]).ok().prints("nothing is left to merge");
    assert_eq!(villages.generate(["--region", "village-001"]).ok().stdout.matches("unchanged").count(), 1);
    let manifest = villages.read("reports/manifest.json");
    for more in [&[][..], &["--drafts"]] {
        fs::remove_file(villages.path("plan.json")).ok();
        let run = villages.plan(3, more);
        run.ok()
            .prints("left out region village-001: it was issued as no. 3")
            .prints("nothing is to be made");
        assert!(!villages.path("plan.json").exists());
    }
    assert_eq!((villages.issues(), villages.read("reports/manifest.json")), (issued, manifest));
    // The next month says nothing new; whoever wants it all the same says so.
    let next = ["plan", "--document", "region", "--all", "--as-of", "2026-12-31", "--shards", "2"];
    villages.run(next).ok().prints("left out region qinghe: it has nothing new since its last issue");
    villages.run(next.iter().chain(&["--even-if-unchanged"])).ok().prints("region no. 8 to 14");
}

#[test]
fn a_schedule_waits_for_the_plan_that_has_its_numbers() {
    if !have(&["faces"]) {
        return;
    }
    let office = Office::with(MONTHLY);
    let plan = ["plan", "--all", "--document", "region", "--period", "2026-11", "--shards", "1"];
    office.at("2026-11-30T12:00:00+08:00", plan).ok().prints("region no. 1 to 2");
    let (_, events) = office.events(FIRST);
    let waits = |event: &serde_json::Value| {
        event["event"] == "waiting"
            && event["message"].as_str().is_some_and(|words| words.contains("a plan has its number"))
    };
    assert_eq!(events.iter().filter(|event| waits(event)).count(), 2, "{events:?}");
    office
        .at(FIRST, ["status"])
        .says("2 numbers of 2026-11 are reserved by a plan since 20 hours: report merge ends them");
    office.run(["generate", "--plan", "plan.json", "--shard", "1/1"]).ok();
    office.at(FIRST, ["merge", "plan.json"]).ok();
    office.tick("2026-12-01T08:05:00+08:00").ok();
    let history = office.run(["history"]);
    history.ok().prints("already-issued");
    let issues = office.run(["issue", "list"]).ok().stdout.clone();
    assert_eq!(issues.matches(" issued ").count(), 2, "{issues}");
    assert!(!office.at("2026-12-01T08:05:00+08:00", ["status"]).stderr.contains("reserved by a plan"));
}

#[test]
fn what_has_errors_gets_no_number_and_holds_up_nobody() {
    if !have(&["faces"]) {
        return;
    }
    let villages = Villages::new(3);
    villages.replace("data/regions/village-002.toml", "value = 46", "valeu = 46");
    let run = villages.plan(2, &["--document", "region"]);
    run.ends(1)
        .says("unknown key `valeu`")
        .prints("left out region village-002: it has errors, and gets no number");
    assert_eq!(villages.issues().len(), 4);
    villages.replace("data/regions/village-002.toml", "valeu = 46", "value = 46");
    villages.plan(2, &["--document", "region"]).ok().prints("region no. 1 to 5");
}
