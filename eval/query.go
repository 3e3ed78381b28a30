package eval

import (
	"strings"

	"github.com/eqlkit/eqlkit/ast"
	"github.com/eqlkit/eqlkit/eval/internal/plan"
)

// A Query is a compiled query. It is immutable and safe for concurrent use; put
// it into an Engine to run it, into several if you like.
type Query struct {
	plan   *plan.Query
	id     string
	meta   any
	config Config
}

// Compile checks and plans q. The error is a source.List with every problem
// found in the query, or what is wrong with cfg.
func Compile(q *ast.Query, cfg Config) (*Query, error) { return new(Compiler).Compile(q, cfg) }

// A Compiler compiles queries one after the other. Lists of patterns that several
// of them have are made ready only once, and share their memory. Its zero value is
// ready to use, by one goroutine at a time.
type Compiler struct {
	memo plan.Memo
}

// Compile is like the function Compile.
func (c *Compiler) Compile(q *ast.Query, cfg Config) (*Query, error) {
	opts, err := cfg.options()
	if err != nil {
		return nil, err
	}
	opts.Memo = &c.memo
	p, err := plan.New(q, opts)
	if err != nil {
		return nil, err
	}
	return &Query{plan: p, id: cfg.ID, meta: cfg.Meta, config: cfg}, nil
}

// ID returns the Config's ID.
func (q *Query) ID() string { return q.id }

// AST returns the syntax tree that q was compiled from.
func (q *Query) AST() *ast.Query { return q.plan.AST }

// Dialect returns the dialect of q.
func (q *Query) Dialect() ast.Dialect { return q.config.Dialect }

// Kind returns "event", "sequence" or "sample".
func (q *Query) Kind() string { return q.plan.Kind.String() }

// Places returns the number of events of a match, the missing ones included: one
// for an event query.
func (q *Query) Places() int {
	if len(q.plan.Stages) > 0 {
		return len(q.plan.Stages)
	}
	return len(q.plan.Steps)
}

// Meta returns the Config's Meta.
func (q *Query) Meta() any { return q.meta }

// identity is what distinguishes the query's matches from those of others: its
// id, else its canonical text without comments. Queries for different operating
// systems may share an id.
func (q *Query) identity() string {
	if len(q.config.Systems) > 0 {
		return q.name() + " on " + strings.Join(q.config.Systems, ", ")
	}
	return q.name()
}

func (q *Query) name() string {
	if q.id != "" {
		return q.id
	}
	return ast.Format(&ast.Query{File: q.plan.AST.File, Body: q.plan.AST.Body, Pipes: q.plan.AST.Pipes})
}
