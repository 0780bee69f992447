//! What shards and their merge refuse: other data, another plan, missing or altered files, documents that somebody signs.

use std::fs;

use crate::project::AS_OF;
use crate::tools::have;
use crate::villages::Villages;

/// Five documents in two shards: 青河 and the second and fourth village; 白石 and the others.
fn planned(more: &[&str]) -> Villages {
    let villages = Villages::new(3);
    villages.plan(2, &[&["--document", "region"], more].concat()).ok();
    villages
}

#[test]
fn a_shard_is_made_from_what_the_plan_was_made_from_or_not_at_all() {
    if !have(&["faces"]) {
        return;
    }
    let villages = planned(&["--drafts"]);
    let own = "data/regions/village-001.toml";
    let foreign = "data/regions/village-002.toml";
    let template = "templates/region/main.typ";
    let change = |file: &str, words: &str| {
        let before = villages.read(file);
        villages.write(
            file,
            format!("{before}\n# changed\n").replace("value = 46", "value = 47").replace("46个", "47个"),
        );
        let run = villages.shard(1, 2, &[]);
        run.ends(2).says("not what the plan was made from").says(words).says("hint: put it back");
        assert!(villages.files("reports").is_empty(), "{:?}", villages.files("reports"));
        villages.write(file, before);
    };
    change(own, "the data of region village-001 changed");
    change("data/units.toml", "a file that all documents share, in data/, changed");
    change("report.toml", "report.toml changed");
    // A template is no TOML.
    let before = villages.read(template);
    villages.write(template, format!("{before}\n// changed\n"));
    villages.shard(1, 2, &[]).ends(2).says("templates/region/main.typ changed");
    villages.write(template, before);
    // A unit that reported meanwhile changes what a place says though its own file is as it was.
    villages.write(own, villages.read(own).replace("format = 1", "format = 2"));
    villages.shard(1, 2, &[]).ends(2).says("the data of region village-001 have errors").says("format");
    villages.write(own, villages.read(own).replace("format = 2", "format = 1"));
    // What other shards make is of no account.
    villages.replace(foreign, "value = 46", "value = 48");
    villages.shard(1, 2, &[]).ok();
    villages.shard(2, 2, &[]).ends(2).says("village-002");
    // Nor is a comment in a file of its own, of which no document says anything.
    villages.replace(own, "format = 1", "format = 1\n# no news");
    villages.shard(1, 2, &[]).ok();
}

#[test]
fn a_shard_that_the_plan_does_not_have_is_refused() {
    if !have(&["faces"]) {
        return;
    }
    let villages = planned(&["--drafts"]);
    villages.shard(1, 3, &[]).ends(2).says("the plan has 2 shards, not 3");
    villages.shard(3, 2, &[]).ends(2).says("there is no shard 3: the plan has 2, counted from 1");
    villages.shard(0, 2, &[]).ends(2).says("there is no shard 0");
    let plan = ["generate", "--plan", "plan.json"];
    villages.run(plan).ends(2).says("--shard");
    villages
        .run(plan.iter().chain(&["--shard", "1of2"]))
        .ends(2)
        .says("`1of2` is no shard")
        .says("write it as 3/16");
    villages.run(plan.iter().chain(&["--shard", "1/2", "--all"])).ends(2).says("--all");
    villages.run(plan.iter().chain(&["--shard", "1/2", "--period", "2026-10"])).ends(2).says("--period");
    villages
        .run(plan.iter().chain(&["--shard", "1/2", "--lang", "en"]))
        .ends(2)
        .says("--lang is settled by the plan");
    villages.run(plan.iter().chain(&["--shard-index", "2"])).ends(2).says("there is no shard 3");
    villages.run(plan.iter().chain(&["--shard", "1"])).ok().prints("shard 1 of 2: 3 of 3 documents");
    // Counted from 0: the second of two.
    villages.run(plan.iter().chain(&["--shard-index", "1"])).ok().prints("shard 2 of 2: 2 of 2 documents");
    villages.replace("plan.json", "\"format\":1", "\"format\":2");
    villages.shard(1, 2, &[]).ends(2).says("was written by a newer version (format 2)");
    villages.write("plan.json", "{}");
    villages.shard(1, 2, &[]).ends(2).says("is no whole plan").says("report plan writes one");
    villages.run(["generate", "--shard", "1/2", "--all"]).ends(2).says("a shard is one of a plan");
    villages
        .run(["generate", "--plan", "none.json", "--shard", "1/2"])
        .ends(2)
        .says("cannot read `none.json`");
}

#[test]
fn a_merge_wants_every_shard_whole_and_records_nothing_before() {
    if !have(&["faces"]) {
        return;
    }
    let villages = planned(&[]);
    let reserved = villages.issues();
    let refused = |words: &[&str]| {
        let run = villages.merge(&[]);
        run.ends(1);
        for words in words {
            run.says(words);
        }
        assert!(!villages.path("reports/manifest.json").exists(), "something was recorded");
        assert_eq!(villages.issues(), reserved);
    };
    refused(&[
        "shard 1: there is no manifest.shard-1-of-2.json in",
        "report generate --plan plan.json --shard 2/2",
    ]);
    villages.shard(1, 2, &[]).ok();
    refused(&["shard 2: there is no", "1 of 2 shards are not whole"]);
    villages.shard(2, 2, &[]).ok();
    let (pdf, view) = ("reports/2026-11/region/village-001.pdf", "reports/2026-11/region/village-002.json");
    let (old, seen) = (fs::read(villages.path(pdf)).expect("a PDF"), villages.read(view));
    villages.write(pdf, b"%PDF-1.7 altered");
    refused(&["shard 1: 2026-11/region/village-001.pdf is not as it was made"]);
    fs::remove_file(villages.path(view)).expect("a view");
    refused(&["shard 2: 2026-11/region/village-002.json is missing", "2 of 2 shards are not whole"]);
    // The command that it names mends it, and makes no more than that.
    let run = villages.shard(1, 2, &[]);
    run.ok();
    assert_eq!((run.stdout.matches("made ").count(), run.stdout.matches("unchanged ").count()), (1, 2));
    assert_eq!(fs::read(villages.path(pdf)).expect("a PDF"), old);
    villages.write(view, seen);
    let manifest = "reports/manifest.shard-2-of-2.json";
    let whole = villages.read(manifest);
    let with = |from: &str, to: &str| {
        assert!(whole.contains(from), "{from}");
        villages.write(manifest, whole.replacen(from, to, 1));
    };
    with("\"shard\": {\n    \"plan\": \"", "\"shard\": {\n    \"plan\": \"00");
    refused(&["shard 2: ", "manifest.shard-2-of-2.json belongs to another plan"]);
    with("\"number\": 2,\n    \"of\": 2", "\"number\": 1,\n    \"of\": 2");
    refused(&["belongs to another plan"]);
    with("\"ended\": true", "\"ended\": false");
    refused(&["shard 2: it has not ended"]);
    with("2026-11/region/village-002.pdf", "2026-11/region/village-999.pdf");
    refused(&["village-002.pdf is not recorded", "village-999.pdf is of no document of this shard"]);
    with("\"date\": \"2026-11-30\"", "\"date\": \"2026-11-29\"");
    refused(&["is not what was planned"]);
    villages.write(manifest, "{");
    refused(&["shard 2: cannot understand"]);
    villages.write(manifest, whole);
    villages.merge(&[]).ok().prints("merged 5 documents");
    assert_eq!(villages.issues().iter().filter(|issue| issue.ends_with(" issued")).count(), 5);
}

#[test]
fn a_merge_takes_the_shard_that_is_whole_wherever_it_lies() {
    if !have(&["faces"]) {
        return;
    }
    let villages = planned(&["--drafts"]);
    villages.shard(1, 2, &["--out", "one"]).ok();
    villages.shard(2, 2, &["--out", "two"]).ok();
    // An engine that began it again elsewhere leaves it twice.
    villages.shard(2, 2, &["--out", "broken"]).ok();
    villages.write("broken/2026-11/region/baishi.pdf", "cut");
    villages
        .merge(&["broken", "one"])
        .ends(1)
        .says("shard 2: 2026-11/region/baishi.pdf is not as it was made");
    villages.merge(&["broken", "one", "two"]).ok().prints("merged 5 documents");
    // What was made of another plan in the same folder is not taken for this one's.
    villages.replace("data/regions/village-002.toml", "value = 46", "value = 48");
    villages.replace("data/regions/village-002.toml", "46个", "48个");
    villages.plan(2, &["--document", "region", "--drafts"]).ok();
    villages.merge(&["one", "two"]).ends(1).says("one/manifest.shard-1-of-2.json belongs to another plan");
    // What is the same in both is not made again.
    let run = villages.shard(2, 2, &["--out", "two"]);
    assert_eq!((run.ok().stdout.matches("made ").count(), run.stdout.matches("unchanged ").count()), (1, 1));
    villages.shard(1, 2, &["--out", "one"]).ok();
    villages.merge(&["one", "two"]).ok();
}

#[test]
fn documents_that_fail_are_named_and_given_up_only_on_demand() {
    if !have(&["faces"]) {
        return;
    }
    let villages = planned(&[]);
    // The disk refuses one of them: a folder stands in its way.
    let blocked = villages.path("reports/2026-11/region/village-002.pdf");
    fs::create_dir_all(blocked.join("in-the-way")).expect("a folder");
    villages.shard(1, 2, &[]).ok();
    villages
        .shard(2, 2, &[])
        .ends(1)
        .says("region village-002 was not made")
        .prints("shard 2 of 2: 1 of 2 documents");
    let run = villages.merge(&[]);
    run.ends(1).says("shard 2: region village-002 was not made: cannot replace").says("--void-failed REASON");
    assert!(villages.issues().iter().all(|issue| issue.ends_with(" reserved")));
    villages.merge(&["--void-failed", " "]).ends(2).says("the reason is empty");
    villages.merge(&["--void-failed", "磁盘故障"]).ok().prints("merged 4 documents, 1 numbers are void");
    let issues = villages.issues();
    assert_eq!(issues.iter().filter(|issue| issue.ends_with(" issued")).count(), 4, "{issues:?}");
    assert_eq!(issues[3], "region village-002 2026年第4期（总第4期） 2026-11-30 void");
    villages.run(["issue", "list"]).ok().prints("磁盘故障");
    villages.merge(&[]).ok().prints("nothing is left to merge");
    // It gets another number, once it can be made.
    fs::remove_dir_all(&blocked).expect("the folder");
    villages
        .plan(1, &["--document", "region"])
        .ok()
        .prints("1 documents about 2026-11 in 1 shards of 1; region no. 6");
    villages.shard(1, 1, &[]).ok();
    villages.merge(&[]).ok();
    assert_eq!(villages.entries("reports/manifest.json").len(), 5);
    villages.run(["ledger", "check"]).ok();
}

#[test]
fn a_plan_can_be_given_up() {
    if !have(&["faces"]) {
        return;
    }
    let villages = planned(&[]);
    villages.shard(1, 2, &[]).ok();
    villages.merge(&["--abandon", "试验"]).ok().prints("5 numbers are void, 0 had ended before");
    villages.shard(2, 2, &[]).ok();
    villages.merge(&[]).ok().prints("nothing is left to merge");
    assert!(!villages.path("reports/manifest.json").exists());
    villages.plan(2, &["--document", "region"]).ok().prints("region no. 6 to 10");
    // A ledger that does not know the numbers is not the one of the plan.
    fs::remove_dir_all(villages.path(".report")).expect("the ledger");
    villages.merge(&[]).ends(2).says("the ledger does not have region no. 6 (total 6) reserved for qinghe");
}

#[test]
fn who_signs_is_not_passed_over() {
    if !have(&["faces"]) {
        return;
    }
    let villages = Villages::new(1);
    let settings = villages.read("report.toml");
    let schedule = "[[schedule]]\nid = \"monthly\"\nwhen = { cron = \"0 8 1 * *\" }\ndocuments = [\"region\"]\n\
                    subjects = [\"baishi\"]\nperiod = \"previous-month\"\napproval = \"required\"\n";
    villages.write("report.toml", format!("{settings}\n{schedule}"));
    let run = villages.plan(2, &[]);
    run.ends(2).says(
        "region baishi is signed before it is numbered: schedule `monthly` has approval = \"required\"",
    );
    run.says("report approve");
    assert!(villages.issues().is_empty());
    villages.plan(2, &["--drafts"]).ok();
    villages
        .run(["plan", "--region", "qinghe", "--as-of", AS_OF, "--shards", "1"])
        .ok()
        .prints("region no. 1");
    // One that cannot be read may be the one that says so.
    villages.replace("report.toml", "cron = \"0 8 1 * *\"", "cron = \"no\"");
    villages.plan(2, &[]).ends(2).says("cron");
}
