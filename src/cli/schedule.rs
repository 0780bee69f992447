//! `report schedule`: what is planned, in words; what was missed; holding a schedule; the trigger that runs it all.
//!
//! Doing what is due is left to `tick`.

use std::path::{Path, PathBuf};

use briefing::ledger::{Lease, Ledger, State};
use briefing::schedule::{
    self, CatchUp, Clock, Language, Overlap, Schedule, Shift, Trigger, Verdict, in_words, occurrence_name,
    upcoming,
};
use chrono::{DateTime, Utc};

use super::args::{Common, Install, ScheduleCommand};
use super::desk::{self, Desk};
use super::failure::{Failure, Outcome};
use super::list::table;
use crate::terminal::Terminal;

/// Answers what was asked of the schedules.
pub(crate) fn run(common: &Common, verb: &ScheduleCommand, terminal: &Terminal) -> Result<Outcome, Failure> {
    let now = terminal.clock(common.now.as_deref(), None)?.now();
    let desk = desk::open(common, terminal)?;
    terminal.messages(&desk.found);
    match verb {
        ScheduleCommand::List => list(&desk, now, terminal)?,
        ScheduleCommand::Next { count, schedule } => next(&desk, *count, schedule.as_deref(), now, terminal)?,
        ScheduleCommand::Describe { schedule } => describe(&desk, desk.schedule(schedule)?, now, terminal)?,
        ScheduleCommand::Missed { limit } => missed(&desk, *limit, terminal)?,
        ScheduleCommand::Pause { schedule } => hold(&desk, schedule, Some(now), now, terminal)?,
        ScheduleCommand::Resume { schedule } => hold(&desk, schedule, None, now, terminal)?,
        ScheduleCommand::Install(install) => return trigger(common, &desk, install, terminal),
    }
    Ok(if desk.found.has_errors() { Outcome::Partly } else { Outcome::Done })
}

fn local(at: DateTime<Utc>, schedule: &Schedule) -> String {
    at.with_timezone(&schedule.zone).format("%Y-%m-%d %H:%M %:z").to_string()
}

fn list(desk: &Desk, now: DateTime<Utc>, terminal: &Terminal) -> Result<(), Failure> {
    let health = desk.health(now)?;
    let rows = desk.schedules.iter().zip(&health.schedules).map(|(schedule, health)| {
        let next = match (&health.next, health.paused) {
            (_, true) => "paused".to_owned(),
            (Some(next), _) => local(next.fires, schedule),
            (None, _) => health
                .missing_calendar
                .map_or_else(|| "never".to_owned(), |year| format!("needs the calendar of {year}")),
        };
        let period = health
            .next
            .as_ref()
            .filter(|_| !health.paused)
            .map_or_else(String::new, |next| next.period.to_string());
        let last = health.last.as_ref().map_or_else(String::new, |last| last.state.name().to_owned());
        vec![
            schedule.id.clone(),
            in_words(&schedule.rule, schedule.zone, Language::Chinese),
            next,
            period,
            schedule.orders.len().to_string(),
            last,
        ]
    });
    for row in table(["schedule", "when", "next", "period", "documents", "last"], rows) {
        terminal.line(&row)?;
    }
    Ok(())
}

fn next(
    desk: &Desk,
    count: usize,
    only: Option<&str>,
    now: DateTime<Utc>,
    terminal: &Terminal,
) -> Result<(), Failure> {
    let chosen: Vec<&Schedule> = match only {
        Some(id) => vec![desk.schedule(id)?],
        None => desk.schedules.iter().collect(),
    };
    let mut found = Vec::new();
    for schedule in chosen {
        match upcoming(schedule, &desk.calendars, now, count) {
            Ok(all) => found.extend(all.into_iter().map(|due| (due, schedule))),
            Err(missing) => terminal.error(&format!("schedule `{}`: {missing}", schedule.id), None),
        }
    }
    found.sort_by(|(a, x), (b, y)| (a.fires, a.nominal, &x.id).cmp(&(b.fires, b.nominal, &y.id)));
    let rows = found.into_iter().take(count).map(|(due, schedule)| {
        let remark = match due.verdict {
            Verdict::Skip(reason) => format!("skipped: {reason}"),
            _ if due.fires != due.nominal => format!("moved from {}", local(due.nominal, schedule)),
            _ => String::new(),
        };
        vec![local(due.fires, schedule), schedule.id.clone(), due.period.to_string(), remark]
    });
    for row in table(["fires", "schedule", "period", ""], rows) {
        terminal.line(&row)?;
    }
    Ok(())
}

fn describe(
    desk: &Desk,
    schedule: &Schedule,
    now: DateTime<Utc>,
    terminal: &Terminal,
) -> Result<(), Failure> {
    let mut lines = vec![
        schedule.id.clone(),
        format!("  when        {}", in_words(&schedule.rule, schedule.zone, Language::Chinese)),
        format!("              {}", in_words(&schedule.rule, schedule.zone, Language::English)),
        format!("  period      {} ({})", schedule.period.name(), schedule.period.chinese()),
        format!(
            "  working day {}",
            match schedule.shift {
                None => "any day will do",
                Some(Shift::Skip) => "required: any other day is skipped",
                Some(Shift::Previous) => "any other day moves to the working day before",
                Some(Shift::Next) => "any other day moves to the working day after",
            }
        ),
        format!(
            "  catch-up    {}",
            match schedule.catch_up {
                CatchUp::Latest => "the last occurrence that was missed".to_owned(),
                CatchUp::All(most) => format!("all occurrences that were missed, {most} at most"),
                CatchUp::None => "nothing that is more than an hour late".to_owned(),
            }
        ),
        format!("  deadline    {} to begin in", schedule::in_words_of(schedule.starting_deadline)),
        format!(
            "  overlap     {}",
            match schedule.overlap {
                Overlap::Skip => "skipped while an older occurrence has not ended",
                Overlap::Queue => "takes its turn after an older occurrence",
            }
        ),
    ];
    if schedule.even_if_unchanged {
        lines.push("  unchanged   issued all the same".to_owned());
    } else {
        lines.push("  unchanged   nothing is issued where nothing is new (本期无新资料)".to_owned());
    }
    if let Some((units, at_most)) = &schedule.wait {
        lines.push(format!(
            "  waits for   {} ({} days at most)",
            units.join(", "),
            at_most.num_hours() as f64 / 24.0
        ));
    }
    if schedule.approval {
        let drafted_by =
            schedule.drafted_by.as_ref().map_or_else(String::new, |name| format!(", 拟稿 {name}"));
        lines.push(format!("  approval    drafts wait for a signature (待签发){drafted_by}"));
    }
    if let Some(sign) = &schedule.sign {
        lines.push(format!("  signed by   {}", sign.argv.join(" ")));
    }
    lines.push("  documents".to_owned());
    lines.extend(
        schedule.orders.iter().map(|order| format!("    {} {}", order.document.name(), order.subject)),
    );
    lines.push("  next".to_owned());
    match upcoming(schedule, &desk.calendars, now, 5) {
        Ok(next) => lines.extend(next.iter().map(|due| {
            let skipped =
                if matches!(due.verdict, Verdict::Skip(_)) { ", skipped: no working day" } else { "" };
            format!("    {} for {}{skipped}", local(due.fires, schedule), due.period)
        })),
        Err(missing) => lines.push(format!("    {missing}")),
    }
    for line in lines {
        terminal.line(&line)?;
    }
    Ok(())
}

fn missed(desk: &Desk, limit: usize, terminal: &Terminal) -> Result<(), Failure> {
    let Some(ledger) = Ledger::open_existing(&desk.state)? else { return Ok(()) };
    let all = ledger.history(None, Some(State::Missed), None, limit)?;
    let rows = all.iter().map(|occurrence| {
        let zone =
            desk.schedules.iter().find(|s| s.id == occurrence.schedule).map_or(chrono_tz::UTC, |s| s.zone);
        let name = occurrence_name(&occurrence.schedule, occurrence.nominal, zone);
        vec![name, occurrence.period.clone(), occurrence.reason.clone().unwrap_or_default()]
    });
    for row in table(["occurrence", "period", "why"], rows) {
        terminal.line(&row)?;
    }
    Ok(())
}

fn hold(
    desk: &Desk,
    id: &str,
    since: Option<DateTime<Utc>>,
    now: DateTime<Utc>,
    terminal: &Terminal,
) -> Result<(), Failure> {
    let schedule = desk.schedule(id)?;
    let lease = Lease::wait(&desk.state)?;
    let mut ledger = Ledger::open(&desk.state)?;
    ledger.hold(&lease, &terminal.owner(), now)?;
    ledger.pause(id, &schedule.written, since, now)?;
    let what = if since.is_some() { "paused: its occurrences are recorded as skipped" } else { "goes on" };
    terminal.line(&format!("{id} {what}"))?;
    if since.is_none() && schedule.paused {
        terminal.note("note: report.toml holds it too (`paused = true`)");
    }
    Ok(())
}

/// The folders of channels that are there and that the service would not be let into otherwise.
fn drops(desk: &Desk) -> Vec<PathBuf> {
    let whole = |path: &Path| path.canonicalize().ok();
    let own = [whole(&desk.state), whole(&desk.workspace.out)];
    let mut drops: Vec<PathBuf> = desk.ways.folders().into_iter().filter_map(whole).collect();
    drops.retain(|path| !own.iter().flatten().any(|own| path.starts_with(own)));
    drops.sort();
    drops.dedup();
    drops
}

/// Writes the one trigger of a workspace.
fn trigger(common: &Common, desk: &Desk, verb: &Install, terminal: &Terminal) -> Result<Outcome, Failure> {
    let absolute = |path: &Path| std::path::absolute(path).map_err(Failure::Output);
    let workspace = common.workspace.canonicalize().map_err(Failure::Output)?;
    let mut options: Vec<String> = Vec::new();
    for (flag, folder) in [
        ("--data", &common.data),
        ("--templates", &common.templates),
        ("--fonts", &common.fonts),
        ("--state", &common.state),
        ("--out", &common.out),
    ] {
        if let Some(folder) = folder {
            options.push(flag.to_owned());
            options.push(absolute(folder)?.display().to_string());
        }
    }
    if let Some(style) = &common.style {
        options.extend(["--style".to_owned(), style.clone()]);
    }
    if let Some(language) = common.language {
        options.extend(["--lang".to_owned(), language.meaning().tag().to_owned()]);
    }
    let place = |folder: &Path, default: &str| -> Result<PathBuf, Failure> {
        let given = folder != common.workspace.join(default);
        if given { absolute(folder) } else { Ok(workspace.join(default)) }
    };
    let trigger = Trigger {
        program: match &verb.program {
            Some(program) => absolute(program)?,
            None => terminal.program()?,
        },
        state: place(&desk.state, ".report")?,
        out: place(&desk.workspace.out, "reports")?,
        workspace,
        drops: drops(desk),
        user: verb.user.clone().unwrap_or_else(|| terminal.user()),
        options,
    };
    let refused = |error: schedule::InstallError| Failure::usage(error.to_string(), error.hint().to_owned());
    let files = if verb.kind.systemd {
        schedule::systemd(&trigger).map_err(refused)?
    } else if verb.kind.crontab {
        vec![("report-tick".to_owned(), schedule::crontab(&trigger).map_err(refused)?)]
    } else {
        let image = verb.image.as_deref().unwrap_or("report:latest");
        vec![("report-tick.yaml".to_owned(), schedule::kubernetes(&trigger, image).map_err(refused)?)]
    };
    let Some(into) = &verb.into else {
        for (name, text) in files {
            if verb.kind.systemd {
                terminal.line(&format!("# {name}"))?;
            }
            terminal.text(&text)?;
        }
        return Ok(Outcome::Done);
    };
    // A unit that may write only there needs the folders to be there.
    for folder in [&trigger.state, &trigger.out] {
        briefing::disk::create_folder(folder).map_err(|e| Failure::Ledger(e.into()))?;
        if let Err(error) = terminal.hand_over(folder, &trigger.user) {
            let hint = format!("chown -R {} {}", trigger.user, folder.display());
            let message = format!("`{}` does not belong to {}: {error}", folder.display(), trigger.user);
            terminal.error(&message, Some(&hint));
        }
    }
    for (name, text) in files {
        let path = into.join(name);
        briefing::disk::write(&path, text.as_bytes()).map_err(|e| Failure::Ledger(e.into()))?;
        terminal.line(&format!("wrote {}", path.display()))?;
    }
    terminal.line(if verb.kind.systemd {
        "next: systemctl daemon-reload && systemctl enable --now report-tick.timer"
    } else if verb.kind.crontab {
        "next: nothing, where that is /etc/cron.d; report status says within a quarter of an hour whether it ticks"
    } else {
        "next: kubectl apply -f report-tick.yaml"
    })?;
    Ok(Outcome::Done)
}
