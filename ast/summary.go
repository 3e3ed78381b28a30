package ast

import (
	"cmp"
	"slices"
	"strings"
	"time"
)

// The kinds of queries, as Summary names them.
const (
	KindEvent    = "event"
	KindSequence = "sequence"
	KindSample   = "sample"
)

// A Summary lists what a query consists of and what it uses, as it is written:
// nothing is expanded, folded or resolved.
type Summary struct {
	Kind    string        // KindEvent, KindSequence or KindSample
	By      []string      // keys of all steps
	MaxSpan time.Duration // 0 when there is none
	Steps   []Step        // one for a query of kind event; until is not among them
	Until   *Step         // nil when there is none
	Pipes   []string      // names, in order

	// Fields has one element for every field, in order of Path. Keys, until
	// and arguments are included.
	Fields []FieldUse
	// Functions counts the calls by name as written, with the "~" of calls
	// that ignore case. A "descendant of" counts under these two words, as do
	// its relatives.
	Functions map[string]int
}

// A Step is one filter of a query with what stands behind its bracket.
type Step struct {
	Category string   // decoded; "any" if Any
	Any      bool     // the category is the keyword any
	By       []string // keys of its own
	Runs     int      // 1 unless written
	Missing  bool     // opened by "!["
	Alias    string   // "" unless written
}

// A FieldUse is a field and how a query uses it.
type FieldUse struct {
	// Path names the field, without backticks and "?". A variable is included:
	// "$entry.name", or "$entry" alone. So is the alias of a step, which then
	// is the first name: "drop.file.path".
	Path     string
	Var      string // the variable without "$", "" for a field of an event
	Optional bool   // every use is marked by "?"
	Count    int    // the declaration of a variable is not a use
}

// Summarize returns what q uses. The result is the caller's.
func Summarize(q *Query) *Summary {
	s := &Summary{Functions: map[string]int{}}
	switch body := q.Body.(type) {
	case *EventFilter:
		s.Kind = KindEvent
		s.Steps = []Step{filterStep(body)}
	case *Sequence:
		s.Kind = KindSequence
		s.By = keyPaths(body.By)
		s.Steps = termSteps(body.Terms)
		if body.MaxSpan != nil {
			s.MaxSpan = body.MaxSpan.Value
		}
		if body.Until != nil {
			until := termStep(body.Until)
			s.Until = &until
		}
	case *Sample:
		s.Kind = KindSample
		s.By = keyPaths(body.By)
		s.Steps = termSteps(body.Terms)
	}
	for _, p := range q.Pipes {
		s.Pipes = append(s.Pipes, p.Name.Name)
	}
	s.count(q)
	return s
}

// count fills Fields and Functions.
func (s *Summary) count(q *Query) {
	uses := map[string]*FieldUse{}
	declarations := map[*Field]bool{}
	for n := range Preorder(q) {
		switch n := n.(type) {
		case *Call:
			name := n.Name.Name
			if n.Fold {
				name += "~"
			}
			s.Functions[name]++
			if f := declaration(n); f != nil {
				declarations[f] = true
			}
		case *Lineage:
			s.Functions[n.Relation.Name+" of"]++
		case *Field:
			if declarations[n] {
				continue
			}
			path := usePath(n)
			use := uses[path]
			if use == nil {
				use = &FieldUse{Path: path, Var: n.Var, Optional: true}
				uses[path] = use
			}
			use.Count++
			use.Optional = use.Optional && n.Optional
		}
	}
	for _, use := range uses {
		s.Fields = append(s.Fields, *use)
	}
	slices.SortFunc(s.Fields, func(a, b FieldUse) int { return cmp.Compare(a.Path, b.Path) })
}

// declaration returns the variable that a call declares for its last argument,
// or nil.
func declaration(x *Call) *Field {
	if len(x.Args) < 2 || !strings.EqualFold(x.Name.Name, "_arraysearch") {
		return nil
	}
	f, _ := Unparen(x.Args[1]).(*Field)
	if f == nil || f.Var == "" || f.Path != "" {
		return nil
	}
	return f
}

func usePath(x *Field) string {
	switch {
	case x.Var == "":
		return x.Path
	case x.Path == "":
		return "$" + x.Var
	default:
		return "$" + x.Var + "." + x.Path
	}
}

func filterStep(x *EventFilter) Step {
	return Step{Category: x.Category.Name, Any: x.Category.Any(), Runs: 1}
}

func termStep(x *Term) Step {
	s := filterStep(x.Filter)
	s.By = keyPaths(x.By)
	s.Missing = x.Missing
	if x.Runs != nil {
		s.Runs = x.Runs.N
	}
	if x.Alias != nil {
		s.Alias = x.Alias.Name
	}
	return s
}

func termSteps(terms []*Term) []Step {
	steps := make([]Step, len(terms))
	for i, t := range terms {
		steps[i] = termStep(t)
	}
	return steps
}

func keyPaths(by []Expr) []string {
	var paths []string
	for _, x := range by {
		if f, ok := x.(*Field); ok {
			paths = append(paths, usePath(f))
		} else {
			paths = append(paths, FormatExpr(x))
		}
	}
	return paths
}
