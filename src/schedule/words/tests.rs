//! What rules say in both languages.
//!
//! When they are due is tested beside `rule`.

use chrono_tz::{Asia, Europe};

use super::*;

fn rule(text: &str) -> Rule {
    Rule::cron(text).unwrap_or_else(|e| panic!("{text}: {e}"))
}

#[test]
fn cron_rules_in_words() {
    let table = [
        // Days of a month.
        ("0 8 1 * *", "每月1日 08:00", "at 08:00 on day 1 of every month"),
        (
            "0 8 1 1,4,7,10 *",
            "1、4、7、10月1日 08:00",
            "at 08:00 on day 1 of January, April, July and October",
        ),
        ("0 8 1 1 *", "每年1月1日 08:00", "at 08:00 on day 1 of January"),
        ("0 8 29 FEB *", "每年2月29日 08:00", "at 08:00 on day 29 of February"),
        ("0 8 1,15 * *", "每月1、15日 08:00", "at 08:00 on days 1 and 15 of every month"),
        (
            "0 8 1,5-9 1-6,12 *",
            "1至6、12月1、5至9日 08:00",
            "at 08:00 on days 1 and 5 to 9 of January to June and December",
        ),
        ("0 8 31 * *", "每月31日 08:00", "at 08:00 on day 31 of every month"),
        ("0 8 L * *", "每月最后一日 08:00", "at 08:00 on the last day of every month"),
        (
            "0 8 LW * *",
            "每月最后一个工作日（周一至周五） 08:00",
            "at 08:00 on the last weekday (Monday to Friday) of every month",
        ),
        (
            "0 8 15W * *",
            "每月最接近15日的工作日（周一至周五） 08:00",
            "at 08:00 on the weekday (Monday to Friday) nearest day 15 of every month",
        ),
        ("0 8 15,L * *", "每月15日、最后一日 08:00", "at 08:00 on day 15 and the last day of every month"),
        (
            "0 8 1,15W,LW 3 *",
            "每年3月1日、最接近15日的工作日（周一至周五）、最后一个工作日（周一至周五） 08:00",
            "at 08:00 on day 1, the weekday (Monday to Friday) nearest day 15 and the last weekday (Monday to Friday) of March",
        ),
        (
            "0 8 15W,L * *",
            "每月最接近15日的工作日（周一至周五）、最后一日 08:00",
            "at 08:00 on the weekday (Monday to Friday) nearest day 15 and the last day of every month",
        ),
        ("0 8 */10 * *", "每月1、11、21、31日 08:00", "at 08:00 on days 1, 11, 21 and 31 of every month"),
        // Days of the week.
        ("30 9 * * 1-5", "每周一至周五 09:30", "at 09:30 on every day from Monday to Friday"),
        ("30 9 * * 1", "每周一 09:30", "at 09:30 on every Monday"),
        ("30 9 * * 1,3,5", "每周一、周三、周五 09:30", "at 09:30 on every Monday, Wednesday and Friday"),
        ("30 9 * * 0,6", "每周六、周日 09:30", "at 09:30 on every Saturday and Sunday"),
        ("30 9 * * 7", "每周日 09:30", "at 09:30 on every Sunday"),
        ("30 9 * * FRI-SUN", "每周五至周日 09:30", "at 09:30 on every day from Friday to Sunday"),
        (
            "30 9 * * 0-3",
            "每周一至周三、周日 09:30",
            "at 09:30 on every Monday, Tuesday, Wednesday and Sunday",
        ),
        ("30 9 * 1,7 1", "1、7月每周一 09:30", "at 09:30 on every Monday in January and July"),
        ("30 9 * 2 1", "每年2月每周一 09:30", "at 09:30 on every Monday in February"),
        ("0 8 * * 5#2", "每月第2个周五 08:00", "at 08:00 on the 2nd Friday of every month"),
        ("0 8 * * 5L", "每月最后一个周五 08:00", "at 08:00 on the last Friday of every month"),
        ("0 8 * * 7L", "每月最后一个周日 08:00", "at 08:00 on the last Sunday of every month"),
        (
            "0 8 * 3,6,9,12 1#1",
            "3、6、9、12月第1个周一 08:00",
            "at 08:00 on the 1st Monday of March, June, September and December",
        ),
        (
            "0 8 * * 1#1,1#3,5#5",
            "每月第1个周一、第3个周一、第5个周五 08:00",
            "at 08:00 on the 1st Monday, the 3rd Monday and the 5th Friday of every month",
        ),
        (
            "0 8 * * 1,5#4",
            "每周一、每月第4个周五 08:00",
            "at 08:00 on every Monday and on the 4th Friday of every month",
        ),
        // Both.
        ("0 8 1 * MON", "每月1日或每周一 08:00", "at 08:00 on day 1 of every month or on every Monday"),
        (
            "0 8 1,L 1 5L",
            "每年1月1日、最后一日或每年1月最后一个周五 08:00",
            "at 08:00 on day 1 and the last day of January or on the last Friday of January",
        ),
        (
            "0 8 1-7 * +MON",
            "每月1至7日且为周一 08:00",
            "at 08:00 on days 1 to 7 of every month if that is a Monday",
        ),
        (
            "0 8 13 * +5,1#2",
            "每月13日且为周五或第2个周一 08:00",
            "at 08:00 on day 13 of every month if that is a Friday or the 2nd Monday",
        ),
        (
            "0 8 L 6 +1-5",
            "每年6月最后一日且为周一至周五 08:00",
            "at 08:00 on the last day of June if that is a day from Monday to Friday",
        ),
        ("0 8 1-31 * 1", "每日 08:00", "at 08:00 every day"),
        ("0 8 1 * 0-6", "每日 08:00", "at 08:00 every day"),
        ("0 8 1-31 * +1", "每周一 08:00", "at 08:00 on every Monday"),
        ("0 8 1 * +0-6", "每月1日 08:00", "at 08:00 on day 1 of every month"),
        // Times.
        ("0 8 * * *", "每日 08:00", "at 08:00 every day"),
        ("0 8 * 7-9 *", "7至9月每日 08:00", "at 08:00 every day in July to September"),
        ("30 2,8 * * *", "每日 02:30、08:30", "at 02:30 and 08:30 every day"),
        (
            "0,30 8,20 1 * *",
            "每月1日 08:00、08:30、20:00、20:30",
            "at 08:00, 08:30, 20:00 and 20:30 on day 1 of every month",
        ),
        ("* * * * *", "每分钟", "every minute"),
        ("*/15 * * * *", "每15分钟", "every 15 minutes"),
        ("*/15 * 1 * *", "每月1日 每15分钟", "every 15 minutes on day 1 of every month"),
        ("*/15 * * 1 *", "每年1月每日 每15分钟", "every 15 minutes every day in January"),
        ("*/15 8-18 * * *", "每日 08:00至18:45每15分钟", "every 15 minutes from 08:00 to 18:45 every day"),
        (
            "*/15 8-18 * * 1-5",
            "每周一至周五 08:00至18:45每15分钟",
            "every 15 minutes from 08:00 to 18:45 on every day from Monday to Friday",
        ),
        ("* 8 * * *", "每日 08:00至08:59每分钟", "every minute from 08:00 to 08:59 every day"),
        ("0 * * * *", "每小时整点", "every hour on the hour"),
        ("7 * * * *", "每小时第7分", "at minute 7 of every hour"),
        ("15 8-18 * * *", "每日 08:15至18:15每小时", "every hour from 08:15 to 18:15 every day"),
        ("0 */2 * * *", "每日 00:00至22:00每2小时", "every 2 hours from 00:00 to 22:00 every day"),
        ("30 1-23/2 * * *", "每日 01:30至23:30每2小时", "every 2 hours from 01:30 to 23:30 every day"),
        ("0 */6 * * *", "每日 00:00、06:00、12:00、18:00", "at 00:00, 06:00, 12:00 and 18:00 every day"),
        (
            "0 1,2,3,5,8,13,21 * * *",
            "每日 01:00、02:00、03:00、05:00、08:00、13:00、21:00",
            "at 01:00, 02:00, 03:00, 05:00, 08:00, 13:00 and 21:00 every day",
        ),
        // Seven does not divide an hour: the last pause is shorter, so the minutes are named.
        (
            "*/7 * * * *",
            "每小时第0、7、14、21、28、35、42、49、56分",
            "at minutes 0, 7, 14, 21, 28, 35, 42, 49 and 56 of every hour",
        ),
        ("5-59/15 * * * *", "每小时第5、20、35、50分", "at minutes 5, 20, 35 and 50 of every hour"),
        (
            "*/20 8-10,14 * * *",
            "每日 8至10、14时的第0、20、40分",
            "at minutes 0, 20 and 40 of hours 8 to 10 and 14 every day",
        ),
        ("0-8 9 * * *", "每日 9时的第0至8分", "at minutes 0 to 8 of hour 9 every day"),
    ];
    for (text, chinese, english) in table {
        assert_eq!(
            in_words(&rule(text), Asia::Shanghai, Language::Chinese),
            format!("{chinese}（Asia/Shanghai）"),
            "{text}"
        );
        assert_eq!(
            in_words(&rule(text), Europe::Berlin, Language::English),
            format!("{english} (Europe/Berlin)"),
            "{text}"
        );
    }
}

#[test]
fn working_days_in_words() {
    let table = [
        (1, "每月第1个工作日 08:00", "at 08:00 on the 1st working day of every month"),
        (2, "每月第2个工作日 08:00", "at 08:00 on the 2nd working day of every month"),
        (3, "每月第3个工作日 08:00", "at 08:00 on the 3rd working day of every month"),
        (11, "每月第11个工作日 08:00", "at 08:00 on the 11th working day of every month"),
        (22, "每月第22个工作日 08:00", "at 08:00 on the 22nd working day of every month"),
        (-1, "每月最后1个工作日 08:00", "at 08:00 on the last working day of every month"),
        (-2, "每月倒数第2个工作日 08:00", "at 08:00 on the 2nd working day from the end of every month"),
    ];
    for (nth, chinese, english) in table {
        let rule = Rule::workday(nth, "08:00").expect("a rule");
        assert_eq!(in_words(&rule, Asia::Shanghai, Language::Chinese), format!("{chinese}（Asia/Shanghai）"));
        assert_eq!(in_words(&rule, Asia::Shanghai, Language::English), format!("{english} (Asia/Shanghai)"));
    }
}
