//! A `CronJob` for Kubernetes: one pod at a time, without rights, with the workspace as its only volume that stays.
//!
//! Which triggers can be written at all is left to the module above; the image, the claim and the namespace to the cluster.

use std::path::Path;

use super::{Checked, InstallError, LONGEST_TICK, Trigger};

/// A manifest with one `CronJob`, in which all paths are those of the container.
///
/// The name of the user is not used: a pod's user is a number, and its name depends on the image.
///
/// # Errors
/// Whatever cannot be said in a manifest, and folders that a pod could not keep.
pub fn kubernetes(trigger: &Trigger, image: &str) -> Result<String, InstallError> {
    let parts = Checked::of(trigger)?;
    if image.is_empty() || image.contains(|c: char| c.is_whitespace() || c.is_control()) {
        return Err(InstallError::Image(image.to_owned()));
    }
    if parts.workspace.contains(':') {
        return Err(InstallError::Colon(parts.workspace.to_owned()));
    }
    for (what, path) in [("state folder", parts.state), ("output folder", parts.out)] {
        if !Path::new(path).starts_with(parts.workspace) {
            return Err(InstallError::Outside { what, path: path.to_owned() });
        }
    }
    Ok(manifest(&parts, image))
}

fn manifest(parts: &Checked<'_>, image: &str) -> String {
    let image = quoted(image);
    let folder = quoted(parts.workspace);
    let program = expanded(parts.program);
    let arguments: String =
        parts.arguments().map(|argument| format!("\n                - {}", expanded(argument))).collect();
    let seconds = LONGEST_TICK * 60;
    format!(
        "\
# Does every five minutes what is due in a workspace, which a claim named report-workspace holds.
# The claim should be for block storage: a network share can spoil the ledger.
apiVersion: batch/v1
kind: CronJob
metadata:
  name: report-tick
  labels:
    app.kubernetes.io/name: report
spec:
  schedule: \"*/5 * * * *\"
  # Two ticks at once would only wait for each other.
  concurrencyPolicy: Forbid
  # Shorter than the five minutes: a tick that cannot start in time is left to the next one. Without a limit, a controller that was
  # down for a hundred ticks gives up on the job.
  startingDeadlineSeconds: 200
  successfulJobsHistoryLimit: 1
  failedJobsHistoryLimit: 3
  jobTemplate:
    spec:
      # The next tick is the second attempt.
      backoffLimit: 0
      # A tick that hangs would hold up all that come after it.
      activeDeadlineSeconds: {seconds}
      template:
        metadata:
          labels:
            app.kubernetes.io/name: report
        spec:
          restartPolicy: Never
          automountServiceAccountToken: false
          securityContext:
            runAsNonRoot: true
            runAsUser: 10001
            runAsGroup: 10001
            # The volume belongs to this group, so that the user can write to it.
            fsGroup: 10001
            fsGroupChangePolicy: OnRootMismatch
            seccompProfile:
              type: RuntimeDefault
          containers:
            - name: tick
              image: {image}
              command:
                - {program}
              args:{arguments}
              workingDir: {folder}
              securityContext:
                allowPrivilegeEscalation: false
                readOnlyRootFilesystem: true
                capabilities:
                  drop:
                    - ALL
              volumeMounts:
                - name: workspace
                  mountPath: {folder}
          volumes:
            - name: workspace
              persistentVolumeClaim:
                claimName: report-workspace
"
    )
}

/// A string of YAML in double quotes, so that nothing in it is a number, a comment or a key.
fn quoted(text: &str) -> String {
    format!("\"{}\"", text.replace('\\', r"\\").replace('"', "\\\""))
}

/// A string in which Kubernetes replaces `$(NAME)`, and reads `$$` as one sign.
fn expanded(text: &str) -> String {
    quoted(&text.replace('$', "$$"))
}

#[cfg(test)]
mod tests {
    use super::super::tests::trigger;
    use super::*;

    #[test]
    fn install_quotes_every_string_of_the_manifest() {
        let odd = trigger("/srv/a \"b\" #\\ $(HOME) 报告");
        let text = kubernetes(&odd, "report:1").expect("it can be written");
        let args = r#"args:
                - "-C"
                - "/srv/a \"b\" #\\ $$(HOME) 报告"
                - "tick""#;
        assert!(text.contains(args), "{text}");
        assert!(text.contains(r#"mountPath: "/srv/a \"b\" #\\ $(HOME) 报告""#), "{text}");
    }

    #[test]
    fn install_refuses_what_a_pod_would_lose_or_cannot_mount() {
        let out = Trigger { out: "/var/out".into(), ..trigger("/srv/b") };
        let error = kubernetes(&out, "report:1").expect_err("it would be lost");
        assert!(error.to_string().starts_with(r#"the output folder "/var/out" is not in"#), "{error}");
        let beside = Trigger { state: "/srv/bb".into(), ..trigger("/srv/b") };
        assert!(matches!(kubernetes(&beside, "report:1"), Err(InstallError::Outside { .. })));
        assert!(matches!(kubernetes(&trigger("/srv/a:b"), "report:1"), Err(InstallError::Colon(_))));
    }

    #[test]
    fn install_refuses_what_is_no_image() {
        for image in ["", "a b", "a\nb"] {
            let error = kubernetes(&trigger("/srv/b"), image).expect_err("no image");
            assert_eq!(error, InstallError::Image(image.to_owned()));
        }
    }
}
