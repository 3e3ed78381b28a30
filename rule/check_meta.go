package rule

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/eqlkit/eqlkit/ast/source"
)

func idNotUUID(s *subject) {
	id := s.ID
	if s.Layout == Hunt {
		id = s.text("hunt.uuid")
	}
	if id != "" && !isUUID(id) {
		s.report(keyOf(s.Layout, "id"), fmt.Sprintf("%q is not a lower-case UUID", head(id)), "")
	}
}

func isUUID(s string) bool {
	if len(s) != 36 {
		return false
	}
	for i := range len(s) {
		c := s[i]
		switch i {
		case 8, 13, 18, 23:
			if c != '-' {
				return false
			}
		default:
			if (c < '0' || c > '9') && (c < 'a' || c > 'f') {
				return false
			}
		}
	}
	return true
}

func nameMissing(s *subject) {
	if s.Name == "" {
		s.report(keyOf(s.Layout, "name"), "the rule has no name", "")
	}
}

// usualLicense is the one whose spelling is worth watching.
const usualLicense = "Elastic License v2"

func licenseSpelling(s *subject) {
	if s.License != usualLicense && source.Nearest(head(s.License), []string{usualLicense}) != "" {
		s.report(keyOf(s.Layout, "license"), fmt.Sprintf("licence %q", s.License), fmt.Sprintf("it is usually spelt %q", usualLicense))
	}
}

func dateFormat(s *subject) {
	for _, key := range []string{"creation_date", "updated_date", "deprecation_date"} {
		text := s.text("metadata." + key)
		if _, err := time.Parse(dateLayout, text); text != "" && err != nil {
			s.report("metadata."+key, fmt.Sprintf("%q is not a date", head(text)), "a date looks like 2024/01/31")
		}
	}
}

func dateOrder(s *subject) {
	if !s.Updated.IsZero() && s.Updated.Before(s.Created) {
		s.report("metadata.updated_date", "updated_date is before creation_date", "")
	}
}

var maturities = []string{"production", "deprecated", "development", "experimental", "beta"}

func maturityUnknown(s *subject) {
	if s.Maturity != "" && !slices.Contains(maturities, s.Maturity) {
		s.report("metadata.maturity", fmt.Sprintf("unknown maturity %q", head(s.Maturity)), suggest(s.Maturity, maturities))
	}
}

// severities, and the risk score that goes with each.
var (
	severities = []string{"low", "medium", "high", "critical"}
	riskScores = []int{21, 47, 73, 99}
)

func severityUnknown(s *subject) {
	if _, ok := s.string("rule.severity"); ok && !slices.Contains(severities, s.Severity) {
		s.report("rule.severity", fmt.Sprintf("unknown severity %q", head(s.Severity)), suggest(s.Severity, severities))
	}
}

func riskScoreRange(s *subject) {
	if s.RiskScore < 0 || s.RiskScore > 100 {
		s.report("rule.risk_score", fmt.Sprintf("risk score %d is not within 0 to 100", s.RiskScore), "")
	}
}

func riskScoreSeverity(s *subject) {
	i := slices.Index(severities, s.Severity)
	if i >= 0 && s.RiskScoreGiven && s.RiskScore >= 0 && s.RiskScore <= 100 && s.RiskScore != riskScores[i] {
		s.report("rule.risk_score", fmt.Sprintf("risk score %d is unusual for severity %s", s.RiskScore, s.Severity),
			fmt.Sprintf("it is usually %d", riskScores[i]))
	}
}

func maxSignalsRange(s *subject) {
	if s.MaxSignals < 1 {
		s.report("rule.max_signals", "max_signals is less than 1", "")
	}
}

func indexAndDataView(s *subject) {
	switch {
	case len(s.Indices) > 0 && s.DataViewID != "":
		s.report("rule.data_view_id", "the rule has both index and data_view_id", "keep one")
	case len(s.Indices) == 0 && s.DataViewID == "":
		s.report("rule.index", "the rule has neither index nor data_view_id", "")
	}
}

func filtersNotApplied(s *subject) {
	for _, key := range []string{"filters", "exceptions_list"} {
		if s.has("rule." + key) {
			s.report("rule."+key, key+" is no part of the query and is not applied", "")
		}
	}
}

func suppressionValue(s *subject) {
	if s.Suppression == nil {
		return
	}
	const at = "rule.alert_suppression."
	if n := len(s.Suppression.GroupBy); n > 3 || n == 0 {
		s.report(at+"group_by", fmt.Sprintf("group_by has %d fields, not 1 to 3", n), "")
	}
	if s.has(at+"duration") && s.Suppression.Duration <= 0 {
		s.report(at+"duration", "the duration is not understood", "it has a value of at least 1 and a unit: s, m or h")
	}
	strategies := []string{"suppress", "doNotSuppress"}
	if m := s.Suppression.MissingFields; m != "" && !slices.Contains(strategies, m) {
		s.report(at+"missing_fields_strategy", fmt.Sprintf("unknown strategy %q", head(m)), "it is suppress or doNotSuppress")
	}
}

// placeholderMismatch compares $investigate_0, $osquery_1 and so on with the
// lists of [transform], which count from 0.
func placeholderMismatch(s *subject) {
	for _, kind := range []string{"investigate", "osquery"} {
		list, _ := s.Transform[kind].([]any)
		used := placeholders(s.Note, "$"+kind+"_")
		for _, n := range used {
			if n >= len(list) {
				s.report("rule.note", fmt.Sprintf("the note refers to $%s_%d, but transform.%s has no such item", kind, n, kind), "")
			}
		}
		for n := range list {
			if _, ok := slices.BinarySearch(used, n); !ok {
				s.report("transform."+kind+"."+strconv.Itoa(n), fmt.Sprintf("the note does not refer to $%s_%d", kind, n), "")
			}
		}
	}
}

// placeholders returns the numbers that follow prefix in text, sorted, each
// once.
func placeholders(text, prefix string) []int {
	var out []int
	for {
		_, after, ok := strings.Cut(text, prefix)
		if !ok {
			slices.Sort(out)
			return slices.Compact(out)
		}
		digits := len(after) - len(strings.TrimLeft(after, "0123456789"))
		if n, err := strconv.Atoi(after[:digits]); err == nil {
			out = append(out, n)
		}
		text = after
	}
}

func suggest(word string, candidates []string) string {
	if near := source.Nearest(head(word), candidates); near != "" {
		return "did you mean " + near + "?"
	}
	return "it is one of " + strings.Join(candidates, ", ")
}
