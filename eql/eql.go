package eql

import (
	"errors"
	"fmt"

	"github.com/eqlkit/eqlkit/ast"
	"github.com/eqlkit/eqlkit/ast/source"
	"github.com/eqlkit/eqlkit/eval"
	"github.com/eqlkit/eqlkit/eval/event"
	"github.com/eqlkit/eqlkit/eval/value"
	"github.com/eqlkit/eqlkit/parser"
	"github.com/eqlkit/eqlkit/rule"
)

// The types that embedders meet, by the names of their packages.
type (
	// A Query is a compiled query; immutable, safe for concurrent use.
	Query = eval.Query
	// An Engine is a set of queries; immutable, safe for concurrent use.
	Engine = eval.Engine
	// A WideStep is a step that the index of an Engine proposes for many events.
	WideStep = eval.WideStep
	// A Stream runs an Engine over one stream of events; one goroutine at a time.
	Stream = eval.Stream
	// A Match is one result; it is the receiver's to keep.
	Match = eval.Match
	// Stats counts what a Stream has seen.
	Stats = eval.Stats
	// An Event answers look-ups of fields.
	Event = event.Event
	// A Map is decoded JSON as an Event.
	Map = event.Map
	// A Value is the value of a field.
	Value = value.Value
	// A Dialect names a set of switches of the language.
	Dialect = ast.Dialect
	// An Error is one problem at one place of a query or rule file.
	Error = source.Error
	// A List is several of them. It is what Compile fails with.
	List = source.List
)

// The dialects.
const (
	Elasticsearch = ast.Elasticsearch
	Endpoint      = ast.Endpoint
)

// JSON makes an Event of one JSON object. Only the fields that queries need are
// taken from it. The document must not change afterwards.
func JSON(doc []byte) Event { return event.JSON(doc) }

// Compile compiles one query. The error is a List of every problem found; its
// Render method shows each with its place.
func Compile(query string, opts ...Option) (*Query, error) {
	return CompileFile(&source.File{Name: "<query>", Text: query}, opts...)
}

// CompileFile is Compile for text that knows where it comes from.
func CompileFile(f *source.File, opts ...Option) (*Query, error) {
	_, q, err := analyse(new(eval.Compiler), f, opts)
	return q, err
}

// analyse parses and compiles f. The tree is there if f could be parsed.
func analyse(compiler *eval.Compiler, f *source.File, opts []Option) (tree *ast.Query, q *Query, err error) {
	c, err := newConfig(opts)
	if err != nil {
		return nil, nil, err
	}
	tree, err = parser.Parse(f, parser.Options{Dialect: c.Dialect, MaxSize: c.maxSize, MaxDepth: c.maxDepth})
	if err != nil {
		return nil, nil, err
	}
	q, err = compiler.Compile(tree, c.Config)
	return tree, q, err
}

// CompileRule compiles the query of a rule. The rule decides the dialect, the
// query's id and, where it names them, the fields of category, time and
// tiebreaker; the operating systems of a behaviour rule limit it to their events.
// Options decide the rest. A response to an event that a match does not have is an
// error.
func CompileRule(r *rule.Rule, opts ...Option) (*Query, error) {
	_, q, err := AnalyseRule(r, opts...)
	return q, err
}

// AnalyseRule is CompileRule for those who look at queries: it also returns the
// syntax tree, even of a query that does not compile, but nil if it cannot be
// parsed.
func AnalyseRule(r *rule.Rule, opts ...Option) (tree *ast.Query, q *Query, err error) {
	return analyseRule(new(eval.Compiler), r, opts)
}

func analyseRule(compiler *eval.Compiler, r *rule.Rule, opts []Option) (tree *ast.Query, q *Query, err error) {
	all := append([]Option(nil), opts...)
	all = append(all, func(c *config) error {
		c.Dialect, c.ID, c.Meta = r.Dialect, r.ID, r
		c.CategoryField = either(r.EventCategoryField, c.CategoryField)
		c.TimestampField = either(r.TimestampField, c.TimestampField)
		c.TiebreakerField = either(r.TiebreakerField, c.TiebreakerField)
		if r.Layout == rule.Behavior {
			c.Systems = r.OS // detection rules test the system themselves
		}
		return nil
	})
	tree, q, err = analyse(compiler, r.Query, all)
	if err != nil {
		return tree, nil, err
	}
	var list source.List
	for _, resp := range r.Responses {
		if resp.State < 0 || resp.State >= q.Places() {
			list.Add(misplaced(r, resp, q.Places()))
		}
	}
	if err := list.Err(); err != nil {
		return tree, nil, err
	}
	return tree, q, nil
}

// misplaced is the error of a response to an event that there is not.
func misplaced(r *rule.Rule, resp rule.Response, places int) *source.Error {
	e := &source.Error{
		File: resp.Source, Code: "response-state",
		Msg:  fmt.Sprintf("the action is about event %d of a match, but the last one is %d", resp.State, places-1),
		Hint: "state counts the events of a match from 0",
	}
	if e.File == nil { // not read from a file
		e.File = r.Query
	}
	e.Span = source.SpanAt(0, len(e.File.Text))
	return e
}

func either(a, b string) string {
	if a != "" {
		return a
	}
	return b
}

// RuleOf returns the rule that q was compiled from, or nil.
func RuleOf(q *Query) *rule.Rule {
	r, _ := q.Meta().(*rule.Rule)
	return r
}

// CompileRules compiles many rules. It returns those that compile, in order; a
// rule that does not compile is left out, and the error joins what is wrong
// with each of these.
func CompileRules(rules []*rule.Rule, opts ...Option) ([]*Query, error) {
	var queries []*Query
	var errs []error
	compiler := new(eval.Compiler) // rules have many patterns in common
	for _, r := range rules {
		_, q, err := analyseRule(compiler, r, opts)
		if err != nil {
			errs = append(errs, err)
			continue
		}
		queries = append(queries, q)
	}
	return queries, errors.Join(errs...)
}

// NewEngine makes queries, none of them nil, ready to run together. Matches of
// one event come in the order of the queries.
func NewEngine(queries ...*Query) *Engine { return eval.NewEngine(queries...) }
