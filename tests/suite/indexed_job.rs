//! The manifests for Kubernetes against its published schemas, and the arguments of the job by doing what they say.

use std::fs;
use std::path::Path;
use std::process::Command;

use briefing::schedule::{self, Trigger};

use crate::project::{Run, root};
use crate::tools::{cached, have, skip};
use crate::villages::Villages;

const JOB: &str = "docs/scale/indexed-job.yaml";

/// Checks a manifest; unknown keys are errors too. None where there is no schema.
fn validate(manifest: &Path, version: &str) -> Option<Run> {
    let Some(validator) = cached("kubernetes-validate/bin/kubernetes-validate") else {
        skip("kubernetes-validate (scripts/fetch-kubernetes-schema)");
        return None;
    };
    Some(Run::of(Command::new(validator).args(["--strict", "--kubernetes-version", version]).arg(manifest)))
}

#[test]
fn the_job_is_what_kubernetes_knows() {
    let text = fs::read_to_string(root().join(JOB)).expect("the manifest");
    for version in ["1.31", "1.34", "1.37"] {
        let Some(run) = validate(&root().join(JOB), version) else { return };
        run.ok();
        // A schema that takes everything would say nothing.
        let folder = tempfile::tempdir().expect("a folder");
        let broken = folder.path().join("job.yaml");
        for (from, to) in [
            ("completions:", "complitions:"),
            ("backoffLimitPerIndex: 3", "backoffLimitPerIndex: three"),
            ("values: [2]", "values: 2"),
            ("fieldPath:", "path:"),
        ] {
            fs::write(&broken, text.replacen(from, to, 1)).expect("a file");
            assert_ne!(validate(&broken, version).expect("a validator").code, 0, "{version}: {to}");
        }
    }
}

#[test]
fn the_trigger_is_what_kubernetes_knows() {
    let trigger = Trigger {
        program: "/usr/local/bin/report".into(),
        workspace: "/srv/briefings".into(),
        state: "/srv/briefings/.report".into(),
        out: "/srv/briefings/reports".into(),
        user: "briefings".to_owned(),
        options: Vec::new(),
        drops: Vec::new(),
    };
    let folder = tempfile::tempdir().expect("a folder");
    let file = folder.path().join("report-tick.yaml");
    let text = schedule::kubernetes(&trigger, "registry.example.org/report:1.0").expect("a manifest");
    fs::write(&file, text).expect("a file");
    if let Some(run) = validate(&file, "1.34") {
        run.ok();
    }
}

#[test]
fn the_arguments_of_the_job_make_its_shards() {
    if !have(&["faces"]) {
        return;
    }
    let text = fs::read_to_string(root().join(JOB)).expect("the manifest");
    let after =
        |line: &str| text.lines().skip_while(|known| known.trim() != line).skip(1).collect::<Vec<_>>();
    let arguments: Vec<String> = after("args:")
        .into_iter()
        .take_while(|line| !line.trim().ends_with(':'))
        .filter_map(|line| Some(line.trim().strip_prefix("- \"")?.strip_suffix('"')?.to_owned()))
        .collect();
    assert!(arguments.iter().any(|argument| argument == "$(SHARD)"), "{arguments:?}");
    let completions = text.lines().find_map(|line| line.trim().strip_prefix("completions: "));
    let completions: usize = completions.and_then(|count| count.parse().ok()).expect("a number");
    let villages = Villages::new(completions);
    villages.plan(completions, &["--drafts", "--document", "region"]).ok();
    // Where the volumes are mounted.
    let mounted = |argument: &str, index: usize| {
        argument
            .replace("/workspace", &villages.path("").display().to_string())
            .replace("/shards", &villages.path("shards").display().to_string())
            .replace("$(SHARD)", &index.to_string())
    };
    for index in 0..completions {
        villages.run(arguments.iter().map(|argument| mounted(argument, index))).ok();
    }
    villages.merge(&["shards"]).ok().prints(&format!("merged {} documents", completions + 2));
}
