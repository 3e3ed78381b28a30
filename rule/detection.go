package rule

import (
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/eqlkit/eqlkit/ast"
)

// detection reads [metadata] and [rule] with rule_id.
func (in *reading) detection(top *section) {
	s := top.sub("rule")
	r := &Rule{Layout: Detection, Path: in.path, doc: in.doc, Dialect: ast.Elasticsearch}
	language, kind := peek(s.table, "language"), peek(s.table, "type")
	if !strings.EqualFold(language, "eql") && kind != "eql" && (language != "" || kind != "") {
		in.skip(s.table, "rule_id", kind, language)
		return
	}
	language, kind = s.text("language"), s.text("type")
	switch {
	case language == "" && kind == "":
		in.add(noLanguage, s.table.span, "rule.language is missing", `an EQL rule has language = "eql" and type = "eql"`)
	case language != "" && !strings.EqualFold(language, "eql"):
		in.add(typeMismatch, s.table.get("language").span, fmt.Sprintf("rule.language is %q, but rule.type is \"eql\"", head(language)), "")
	case kind != "" && kind != "eql":
		in.add(typeMismatch, s.table.get("type").span, fmt.Sprintf("rule.type is %q, but rule.language is \"eql\"", head(kind)), "")
	}
	in.query(s, r)
	r.ID = in.id(s, "rule_id")
	readCommon(s, r)
	r.Authors = s.list("author")
	r.References = s.list("references")
	r.FalsePositives = s.list("false_positives")
	r.Tags = s.list("tags")
	r.Note, r.Setup = s.text("note"), s.text("setup")
	r.Version = readVersion(s)
	r.Severity = s.text("severity")
	r.RiskScore, r.RiskScoreGiven = s.integer("risk_score")
	r.MaxSignals = defaultMaxSignals
	if n, ok := s.integer("max_signals"); ok {
		r.MaxSignals = n
	}
	r.BuildingBlock = s.text("building_block_type") != ""
	r.Indices, r.DataViewID = s.list("index"), s.text("data_view_id")
	r.EventCategoryField = s.text("event_category_override")
	r.TimestampField, r.TiebreakerField = s.text("timestamp_field"), s.text("tiebreaker_field")
	r.TimestampOverride = s.text("timestamp_override")
	r.Schedule = readSchedule(s)
	r.Suppression = readSuppression(s)
	r.Threats = readThreats(s, "threat")
	r.TimelineID, r.TimelineTitle = s.text("timeline_id"), s.text("timeline_title")
	if f := s.sub("investigation_fields"); f != nil {
		r.InvestigationFields = f.list("field_names")
		f.close()
	}
	for _, tag := range r.Tags {
		if os, ok := strings.CutPrefix(tag, "OS:"); ok {
			r.OS = append(r.OS, strings.ToLower(strings.TrimSpace(os)))
		}
	}
	s.known("enabled", "exceptions_list", "filters", "risk_score_mapping", "severity_mapping", "rule_name_override",
		"threat_mappings", "revision", "related_integrations", "required_fields")

	m := top.sub("metadata")
	if m != nil {
		readMetadata(m, r)
		r.Ignore = in.readIgnore(m)
	}
	if it := top.ask("transform"); it != nil {
		if t, ok := it.val.(*table); ok {
			r.Transform = t.raw()
		} else {
			top.refuse("transform", it, "a table")
		}
	}
	in.finish(r, top, s, m)
}

// readCommon reads what [rule] has in both layouts.
func readCommon(s *section, r *Rule) {
	r.Name, r.Description, r.License = s.text("name"), s.text("description"), s.text("license")
}

// readVersion reads a version, which a tool may have written as a number.
func readVersion(s *section) string {
	if it := s.table.get("version"); it != nil {
		if n, ok := it.val.(int64); ok {
			s.ask("version")
			return strconv.FormatInt(n, 10)
		}
	}
	return s.text("version")
}

func readMetadata(m *section, r *Rule) {
	r.Created, r.Updated = readDate(m, "creation_date"), readDate(m, "updated_date")
	r.DeprecatedOn = readDate(m, "deprecation_date")
	r.Maturity = m.text("maturity")
	r.Deprecated = r.Maturity == "deprecated" || !r.DeprecatedOn.IsZero()
	r.Integrations = m.list("integration")
	r.MinStackVersion = m.text("min_stack_version")
	r.BypassBBRTiming = m.flag("bypass_bbr_timing")
	m.known("min_stack_comments", "deprecated_reason", "comments", "os_type_list", "query_schema_validation",
		"related_endpoint_rules", "promotion", "extended")
}

// readDate reads a date like 2024/01/31. What it does not understand it leaves
// to Extra; badDate reports it.
func readDate(s *section, key string) time.Time {
	text := s.text(key)
	t, err := time.Parse(dateLayout, text)
	if err != nil {
		s.leave(key)
	}
	return t
}

const dateLayout = "2006/01/02"

// readSuppression reads [rule.alert_suppression].
func readSuppression(rule *section) *Suppression {
	s := rule.sub("alert_suppression")
	if s == nil {
		return nil
	}
	out := &Suppression{GroupBy: s.list("group_by"), MissingFields: s.text("missing_fields_strategy")}
	if d := s.sub("duration"); d != nil {
		n, _ := d.integer("value")
		out.Duration, _ = parseInterval(strconv.Itoa(n) + d.text("unit"))
		d.close()
	}
	s.close()
	return out
}
