package eql

import (
	"errors"

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
	c, err := newConfig(opts)
	if err != nil {
		return nil, err
	}
	q, err := parser.Parse(f, parser.Options{Dialect: c.Dialect, MaxSize: c.maxSize, MaxDepth: c.maxDepth})
	if err != nil {
		return nil, err
	}
	return eval.Compile(q, c.Config)
}

// CompileRule compiles the query of a rule. The rule decides the dialect, the
// query's id and, where it names them, the fields of category, time and
// tiebreaker; the operating systems of a behaviour rule limit it to their events.
// Options decide the rest.
func CompileRule(r *rule.Rule, opts ...Option) (*Query, error) {
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
	return CompileFile(r.Query, all...)
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
	for _, r := range rules {
		q, err := CompileRule(r, opts...)
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
