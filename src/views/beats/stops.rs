//! The sites of a half-year's day on site: what to see at each, and the timetable of the route.
