//! Who inspects whom in the four quarters of a year: the units stand in a circle, and each looks at the one so many places on.
//!
//! What an inspection found is left to `area`.

/// How many places on the unit stands that each one inspects in a quarter, 1 to 4.
///
/// From nine units on no two units ever inspect each other. With five to eight that cannot be: there are fewer than four shifts of which
/// no two close the circle. There the pairs that do stand two quarters apart (1, 2, 5, 4 with six units). With fewer than five there are
/// not even four shifts, and the year begins again with the first.
pub fn shift(units: usize, quarter: u32) -> usize {
    let at = quarter.clamp(1, 4) as usize - 1;
    match units {
        0 | 1 => 0,
        2..=4 => at % (units - 1) + 1,
        5..=8 => [1, 2, units - 1, units - 2][at],
        _ => at + 1,
    }
}

/// The unit that each unit inspects, by their places in the circle.
pub fn inspected(units: usize, quarter: u32) -> Vec<usize> {
    let shift = shift(units, quarter);
    (0..units).map(|unit| (unit + shift) % units.max(1)).collect()
}

/// Whether in a year of four rounds some two units must inspect each other.
pub fn has_mutual_pairs(units: usize) -> bool {
    units < 9
}

/// Whether in a year of four rounds some unit must inspect another a second time.
pub fn has_repeats(units: usize) -> bool {
    units < 5
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn everyone_inspects_another_and_is_inspected_once() {
        for units in 2..=60 {
            for quarter in 1..=4 {
                let round = inspected(units, quarter);
                assert!(round.iter().enumerate().all(|(unit, other)| unit != *other), "{units} {quarter}");
                let seen: BTreeSet<usize> = round.iter().copied().collect();
                assert_eq!(seen.len(), units, "{units} {quarter}: {round:?}");
            }
        }
    }

    #[test]
    fn no_pair_comes_twice_a_year_and_mutual_ones_lie_two_quarters_apart() {
        for units in 2..=60 {
            let rounds: Vec<Vec<usize>> = (1..=4).map(|quarter| inspected(units, quarter)).collect();
            let (mut pairs, mut repeats, mut mutual) = (BTreeSet::new(), false, false);
            for (at, round) in rounds.iter().enumerate() {
                for (unit, other) in round.iter().enumerate() {
                    repeats |= !pairs.insert((unit, *other));
                    for (then, later) in rounds.iter().enumerate() {
                        if later[*other] == unit {
                            mutual = true;
                            assert!(units < 5 || then.abs_diff(at) == 2, "{units}: {at} and {then}");
                        }
                    }
                }
            }
            assert_eq!(repeats, has_repeats(units), "{units}");
            assert_eq!(mutual, has_mutual_pairs(units), "{units}");
        }
    }

    #[test]
    fn six_units_shift_by_one_two_five_four() {
        assert_eq!([1, 2, 3, 4].map(|quarter| shift(6, quarter)), [1, 2, 5, 4]);
        // In the third quarter the first looks at the last, and each other one at the one before it.
        assert_eq!(inspected(6, 3), [5, 0, 1, 2, 3, 4]);
    }
}
