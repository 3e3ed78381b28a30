package rule

import (
	"fmt"
	"time"
)

func scheduleSyntax(s *subject) {
	for _, v := range []struct {
		key, like  string
		understood bool
	}{
		{"from", "now-9m", s.Schedule.FromGiven},
		{"to", "now or now-1m", s.Schedule.ToGiven},
		{"interval", "5m", s.Schedule.IntervalGiven},
	} {
		if text, ok := s.string("rule." + v.key); ok && !v.understood {
			s.report("rule."+v.key, fmt.Sprintf("%s %q is not understood", v.key, head(text)), "it looks like "+v.like)
		}
	}
}

func scheduleGap(s *subject) {
	if back := s.Schedule.Lookback(); s.Schedule.Interval > back {
		s.report("rule.interval", fmt.Sprintf("the interval of %v is longer than the look-back of %v", s.Schedule.Interval, back),
			"events between two runs are never seen")
	}
}

// The shortest schedule of a building block.
const (
	buildingBlockLookback = 119 * time.Minute
	buildingBlockInterval = 60 * time.Minute
)

func buildingBlockSchedule(s *subject) {
	if !s.BuildingBlock || s.BypassBBRTiming {
		return
	}
	const hint = "give from and interval, at least now-119m and 60m, or set metadata.bypass_bbr_timing"
	switch {
	case !s.Schedule.FromGiven || !s.Schedule.IntervalGiven:
		s.report("rule.building_block_type", "a building block without from and interval", hint)
	case s.Schedule.From < buildingBlockLookback:
		s.report("rule.from", "from is too short for a building block", hint)
	case s.Schedule.Interval < buildingBlockInterval:
		s.report("rule.interval", "the interval is too short for a building block", hint)
	}
}

func buildingBlockType(s *subject) {
	if t := s.text("rule.building_block_type"); s.BuildingBlock && t != "default" {
		s.report("rule.building_block_type", fmt.Sprintf("building block type %q is not \"default\"", head(t)), "")
	}
}
