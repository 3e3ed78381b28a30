package rule

import (
	"strconv"
	"strings"

	"github.com/eqlkit/eqlkit/ast/source"
)

// A check looks at one rule for one kind of problem.
type check struct {
	Check
	layouts layouts
	run     func(*subject)
}

// layouts is a set of layouts.
type layouts uint8

const (
	detections layouts = 1 << Detection
	behaviors  layouts = 1 << Behavior
	hunts      layouts = 1 << Hunt
	everywhere         = detections | behaviors | hunts
)

// checks are run over every rule that could be read. A hunt is checked once,
// whatever the number of its queries.
var checks = []check{
	{kind{"rule-id-not-uuid", source.Warning, "The id is not a lower-case UUID."}, everywhere, idNotUUID},
	{kind{"name-missing", source.Warning, "The rule has no name."}, everywhere, nameMissing},
	{kind{"license-spelling", source.Info, "The licence is spelt almost as usual."}, everywhere, licenseSpelling},

	{kind{"date-format", source.Warning, "A date is not of the form 2024/01/31."}, detections, dateFormat},
	{kind{"date-order", source.Warning, "The rule was updated before it was created."}, detections, dateOrder},
	{kind{"maturity-unknown", source.Warning, "The maturity is none of the usual words."}, detections, maturityUnknown},
	{kind{"severity-unknown", source.Err, "The severity is not low, medium, high or critical."}, detections, severityUnknown},
	{kind{"risk-score-range", source.Err, "The risk score is not within 0 to 100."}, detections, riskScoreRange},
	{kind{"risk-score-severity", source.Warning, "The risk score is not the usual one for the severity."}, detections, riskScoreSeverity},
	{kind{"max-signals-range", source.Warning, "The number of signals is less than 1."}, detections, maxSignalsRange},
	{kind{"index-and-data-view", source.Warning, "A rule searches either index patterns or a data view."}, detections, indexAndDataView},
	{kind{"filters-not-applied", source.Warning, "The rule has filters or exceptions outside the query, which this module does not apply."}, detections, filtersNotApplied},
	{kind{"suppression-value", source.Warning, "The alert suppression holds a value that is not understood."}, detections, suppressionValue},
	{kind{"placeholder-mismatch", source.Warning, "The note and the items of [transform] do not refer to each other."}, detections, placeholderMismatch},

	{kind{"schedule-syntax", source.Err, "from, to or interval is not understood."}, detections, scheduleSyntax},
	{kind{"schedule-gap", source.Warning, "The interval is longer than the look-back, so that events are missed."}, detections, scheduleGap},
	{kind{"building-block-schedule", source.Warning, "A building block looks back at least 119m every 60m or more, or sets bypass_bbr_timing."}, detections, buildingBlockSchedule},
	{kind{"building-block-type", source.Warning, "The building block type is not \"default\"."}, detections, buildingBlockType},

	{kind{"threat-framework", source.Warning, "The framework of a threat is unknown."}, detections | behaviors, threatFramework},
	{kind{"threat-id", source.Warning, "An id of a threat is not of the framework's form."}, everywhere, threatID},
	{kind{"threat-parent", source.Warning, "A subtechnique stands below a technique that is not its own."}, detections | behaviors, threatParent},
	{kind{"threat-reference", source.Warning, "A reference of a threat does not match its id, or lacks the final slash."}, detections | behaviors, threatReference},
	{kind{"threat-tactic-twice", source.Warning, "A tactic is listed twice."}, detections | behaviors, threatTacticTwice},

	{kind{"version-format", source.Warning, "A version is not made of numbers and dots."}, detections | behaviors, versionFormat},
	{kind{"version-order", source.Warning, "The lowest version is above the highest."}, behaviors, versionOrder},
	{kind{"internal-version", source.Warning, "internal.min_endpoint_version differs from rule.min_endpoint_version."}, behaviors, internalVersion},
	{kind{"os-unknown", source.Warning, "The list of operating systems is empty or holds an unknown one."}, behaviors, osUnknown},
	{kind{"response-unknown", source.Warning, "An action is unknown or has no field."}, behaviors, responseUnknown},
}

// check runs the checks over the rules of in.
func (in *reading) check() {
	if len(in.rules) == 0 {
		return
	}
	s := &subject{Rule: in.rules[0], in: in}
	for i := range checks {
		if c := &checks[i]; c.layouts&(1<<s.Layout) != 0 {
			s.kind = c.Check
			c.run(s)
		}
	}
}

// A subject is a rule under one check.
type subject struct {
	*Rule
	in   *reading
	kind kind
}

// report reports the value at a path such as "rule.threat.0.tactic".
func (s *subject) report(path, msg, hint string) { s.in.add(s.kind, s.in.find(path), msg, hint) }

// text returns the string at path as it stands in the file, or "".
func (s *subject) text(path string) string {
	text, _ := s.string(path)
	return text
}

// string reports also whether there is one.
func (s *subject) string(path string) (string, bool) {
	it, whole := s.in.lookup(path)
	text, ok := it.str()
	return text, ok && whole
}

// has reports whether there is a value at path.
func (s *subject) has(path string) bool {
	_, whole := s.in.lookup(path)
	return whole
}

// find returns the span of the value at path, or of what should hold it.
func (in *reading) find(path string) source.Span {
	it, _ := in.lookup(path)
	return it.span
}

func (in *reading) lookup(path string) (it *item, whole bool) {
	if in.root == nil { // after the file was read
		return lookup(in.doc.tree(), path)
	}
	return lookup(in.root, path)
}

// lookup returns the value at path, or the nearest one on the way to it.
func lookup(root *table, path string) (it *item, whole bool) {
	it = &item{span: source.SpanAt(0, 0), val: root}
	for part := range strings.SplitSeq(path, ".") {
		var next *item
		switch v := it.val.(type) {
		case *table:
			next = v.get(part)
		case *array:
			if n, err := strconv.Atoi(part); err == nil && n < len(v.items) {
				next = v.items[n]
			}
		}
		if next == nil {
			return it, false
		}
		it = next
	}
	return it, true
}

// keyOf returns the path of what a layout calls its id or name.
func keyOf(l Layout, what string) string {
	switch {
	case l == Hunt && what == "id":
		return "hunt.uuid"
	case l == Hunt:
		return "hunt." + what
	case l == Detection && what == "id":
		return "rule.rule_id"
	default:
		return "rule." + what
	}
}

func (in *reading) reportAt(r *Rule, what string, k kind, msg, hint string) {
	in.add(k, in.find(keyOf(r.Layout, what)), msg, hint)
}
