package rule

import (
	"strings"
	"time"

	"github.com/eqlkit/eqlkit/ast"
	"github.com/eqlkit/eqlkit/ast/source"
)

// A Layout is one of the shapes a rule file can have.
type Layout uint8

// The layouts.
const (
	Detection Layout = iota // [metadata] and [rule], with rule.rule_id
	Behavior                // [rule] with id and os_list, and top-level [[threat]]
	Hunt                    // [hunt] with a list of queries
)

// String returns "detection", "behavior" or "hunt".
func (l Layout) String() string {
	switch l {
	case Behavior:
		return "behavior"
	case Hunt:
		return "hunt"
	default:
		return "detection"
	}
}

// A Rule is one EQL query with its metadata. It is plain data that belongs to
// whoever loaded it; the rules of one hunt share their slices and maps. What a
// layout does not have is left at its zero value.
type Rule struct {
	Layout Layout
	Path   string // as the file was named when it was loaded
	Index  int    // number of the query in its file from 0, as ReplaceQuery takes it

	// Query is the query's text after TOML decoding. Its name is Path, and its
	// positions are those of the file.
	Query *source.File
	// QueryFromBasicString says that the query stood between " or """, where
	// TOML consumes one level of backslashes before EQL sees them.
	QueryFromBasicString bool
	Dialect              ast.Dialect // Endpoint for behaviour rules, otherwise Elasticsearch

	ID             string // of a hunt: its uuid, "#" and the number of the query from 1
	Name           string
	Description    string
	Version        string
	License        string
	Authors        []string
	References     []string
	FalsePositives []string
	Tags           []string
	Note, Setup    string // Markdown; of a hunt: its notes, a line each

	Severity        string // "low", "medium", "high", "critical", or "" when not given
	RiskScore       int    // 0..100
	RiskScoreGiven  bool
	MaxSignals      int // 100 in a detection rule that gives none
	Maturity        string
	Deprecated      bool
	BuildingBlock   bool // its hits feed other rules rather than people
	BypassBBRTiming bool // a building block that may keep a short schedule
	Reputation      bool // asks a reputation service before it acts

	// OS lists operating systems in lower case: os_list of a behaviour rule,
	// the "OS: ..." tags of a detection rule. Empty means any. The query of a
	// behaviour rule does not test the system: who runs it must.
	OS           []string
	Indices      []string // index patterns
	DataViewID   string
	Integrations []string

	EventCategoryField string // replaces event.category before "where"; "" for the default
	TimestampField     string
	TiebreakerField    string
	TimestampOverride  string

	Schedule    Schedule     // detection rules only
	Suppression *Suppression // nil unless given
	Threats     []Threat
	Responses   []Response

	MinStackVersion    string
	MinEndpointVersion string
	MaxEndpointVersion string

	Created, Updated, DeprecatedOn time.Time // dates in UTC; zero when not given

	// Ignore lists the findings of checks that the author does not want to hear
	// about: metadata.eqlkit.ignore, in any layout.
	Ignore []Directive

	InvestigationFields       []string
	TimelineID, TimelineTitle string
	Transform                 map[string]any // [transform] as it is

	// Extra holds, nested as in the file, every value that no field above
	// holds, or holds only in part. It is nil when there is none.
	Extra map[string]any

	doc *document // nil unless it was read from a file
}

// A Suppression folds repeated alerts into one.
type Suppression struct {
	GroupBy       []string
	Duration      time.Duration // zero when not given
	MissingFields string        // = suppress | doNotSuppress, or "" when not given
}

// A Response names something to do about the target of a match. This module
// never does it.
type Response struct {
	Action   string // such as kill_process or rollback
	Field    string // whose value identifies the target
	State    int    // number of the matched event in its sequence, from 0
	Tree     bool   // the target and everything below it
	Optional bool

	// Source is the piece of the file that sets State (or the head of the
	// response), for reports about it.
	Source *source.File
}

// A Directive is one entry of metadata.eqlkit.ignore: the code of a finding, and
// why it is ignored.
type Directive struct {
	Text   string       // "CODE reason"
	Source *source.File // the entry as it stands in the file, for reports about it
}

// Find returns the place of the value at a path of keys such as
// "rule.threat.0.tactic", or of what should hold it. The file is that of the
// whole rule; it is the query, and the span invalid, if r was not read from one.
func (r *Rule) Find(path string) (*source.File, source.Span) {
	if r.doc == nil {
		return r.Query, source.Span{}
	}
	it, _ := lookup(r.doc.tree(), path)
	return r.doc.file, it.span
}

// Has reports whether the file has a value at a path of keys, as Find takes it,
// that is neither blank text nor an empty list or table.
func (r *Rule) Has(path string) bool {
	if r.doc == nil {
		return false
	}
	it, whole := lookup(r.doc.tree(), path)
	if !whole {
		return false
	}
	switch v := it.val.(type) {
	case nil:
		return strings.TrimSpace(it.text) != ""
	case *array:
		return len(v.items) > 0
	case *table:
		return len(v.items) > 0
	default:
		return true
	}
}

// Tactics returns the ids of the rule's tactics in order, each once.
func (r *Rule) Tactics() []string {
	var ids idList
	for _, t := range r.Threats {
		ids.add(t.Tactic.ID)
	}
	return ids.list
}

// Techniques returns the ids of the rule's techniques in order, each followed
// by its subtechniques, each once.
func (r *Rule) Techniques() []string {
	var ids idList
	for _, t := range r.Threats {
		for _, q := range t.Techniques {
			ids.add(q.ID)
			for _, s := range q.Subtechniques {
				ids.add(s.ID)
			}
		}
	}
	return ids.list
}

// An idList is a list of ids without repetition.
type idList struct {
	list []string
	seen map[string]bool
}

func (l *idList) add(id string) {
	if id == "" || l.seen[id] {
		return
	}
	if l.seen == nil {
		l.seen = map[string]bool{}
	}
	l.seen[id] = true
	l.list = append(l.list, id)
}
