package lint

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/eqlkit/eqlkit/ast/source"
	"github.com/eqlkit/eqlkit/rule"
)

var ruleCodes = []Check{
	{Code: "lookback-short", Severity: source.Warning, Doc: "The rule looks back less than its maxspan, so that it can never see the longest sequences."},
	{Code: "lookback-overlap", Severity: source.Info, Doc: "Two runs of the rule overlap by less than maxspan, so that a sequence may fall between them."},
	{Code: "metadata-missing", Severity: source.Warning, Doc: "The rule lacks metadata that those who handle its alerts rely on."},
	{Code: "deprecated", Severity: source.Info, Doc: "The rule is deprecated."},
}

// schedules compares maxspan with how often and how far back a rule is run.
func schedules(p *pass) {
	s := p.sequence()
	if p.rule.Layout != rule.Detection || s == nil || s.MaxSpan == nil || !p.rule.Has("rule") {
		return
	}
	span, back := s.MaxSpan.Value, p.rule.Schedule.Lookback()
	interval := p.rule.Schedule.Interval
	switch {
	case span > back:
		p.report("lookback-short", s.MaxSpan.Range, fmt.Sprintf("maxspan is longer than the look-back of the rule, %s", words(back)),
			fmt.Sprintf("let from be now-%s or more", words(span+interval)))
	case back-interval < span:
		p.report("lookback-overlap", s.MaxSpan.Range,
			fmt.Sprintf("the rule looks back %s every %s, so that sequences of more than %s can fall between two runs", words(back), words(interval), words(max(back-interval, 0))),
			fmt.Sprintf("let from be now-%s or more", words(span+interval)))
	}
}

// words writes a duration as schedules do.
func words(d time.Duration) string {
	for _, u := range []struct {
		unit time.Duration
		name string
	}{{24 * time.Hour, "d"}, {time.Hour, "h"}, {time.Minute, "m"}} {
		if d >= u.unit && d%u.unit == 0 {
			return fmt.Sprintf("%d%s", d/u.unit, u.name)
		}
	}
	return fmt.Sprintf("%ds", d/time.Second)
}

// wanted lists the keys that a rule of each layout should have.
var wanted = map[rule.Layout][]string{
	rule.Detection: {
		"metadata.creation_date", "metadata.maturity", "rule.author", "rule.description", "rule.risk_score", "rule.severity", "rule.tags",
	},
	rule.Behavior: {"rule.description", "rule.version", "threat"},
	rule.Hunt:     {"hunt.author", "hunt.description", "hunt.integration"},
}

func metadata(p *pass) {
	if !p.rule.Has("rule") && !p.rule.Has("hunt") || p.rule.Index > 0 {
		return // a query without a rule file, or a further one of a hunt
	}
	var missing []string
	for _, key := range wanted[p.rule.Layout] {
		if !p.rule.Has(key) {
			missing = append(missing, key)
		}
	}
	if len(missing) > 0 {
		id := "rule.id"
		switch p.rule.Layout {
		case rule.Detection:
			id = "rule.rule_id"
		case rule.Hunt:
			id = "hunt.uuid"
		}
		p.reportAt("metadata-missing", id, "the rule has no "+strings.Join(missing, ", "), "")
	}
	if p.rule.Deprecated {
		key := "metadata.maturity"
		if p.rule.Maturity != "deprecated" {
			key = "metadata.deprecation_date"
		}
		p.reportAt("deprecated", key, "the rule is deprecated", "")
	}
}

// explainEscapes explains an error that comes from TOML's own escapes.
func explainEscapes(r *rule.Rule, problems source.List) {
	if !r.QueryFromBasicString {
		return
	}
	i := slices.IndexFunc(problems, func(e *source.Error) bool { return e.Code == "lexical" && e.File == r.Query })
	if i >= 0 {
		changed := *problems[i]
		changed.Hint = "TOML has taken one level of backslashes away: put the query between '''"
		problems[i] = &changed
	}
}
