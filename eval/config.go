package eval

import (
	"errors"
	"fmt"
	"sync"

	"github.com/eqlkit/eqlkit/ast"
	"github.com/eqlkit/eqlkit/eval/fn"
	"github.com/eqlkit/eqlkit/eval/internal/builtin"
	"github.com/eqlkit/eqlkit/eval/internal/pattern"
	"github.com/eqlkit/eqlkit/eval/internal/plan"
	"github.com/eqlkit/eqlkit/eval/schema"
)

// The default names of the fields that EQL itself reads.
const (
	DefaultCategoryField  = "event.category"
	DefaultTimestampField = "@timestamp"
)

// DefaultHostFields are the fields that tell the host in the endpoint dialect.
func DefaultHostFields() []string { return []string{"host.id", "agent.id"} }

// A Config tunes how a query is compiled. The zero Config is the default.
type Config struct {
	// ID names the query in matches and their ids. If it is empty the text of
	// the query takes its place in ids.
	ID string
	// Dialect is the dialect that the query was parsed in.
	Dialect ast.Dialect
	// Schema gives the types of fields: how their values are read and what
	// they may be compared with. Without it the types are those of the values.
	Schema schema.Schema
	// StrictSchema makes a field that Schema does not know an error.
	StrictSchema bool
	// Functions are added to the built-in ones.
	Functions []fn.Func

	// CategoryField, TimestampField and TiebreakerField are the fields with an
	// event's category, time, and order among events of one time. Empty means
	// DefaultCategoryField, DefaultTimestampField and none.
	CategoryField, TimestampField, TiebreakerField string

	// HostFields are the fields that tell which host an event is of; the first
	// that has a value counts. Sequences, samples and "descendant of" then keep
	// to one host. Nil means the default of the dialect: DefaultHostFields for
	// Endpoint, whose rules are written for an agent on one host, and none for
	// Elasticsearch. Empty means none.
	HostFields []string
	// Systems are the operating systems that the query is made for, such as
	// "windows", "macos" and "linux": events of others (by host.os.type, else
	// host.os.family or host.os.platform) do not concern it; events that do not
	// tell do. Nil means all.
	Systems []string

	// Limit caps the number of results like the search API's size parameter:
	// the last ones, or the first if LimitHead is set. Nil means no limit; a
	// negative one is an error, and so are those below.
	Limit     *int
	LimitHead bool
	// MaxSamplesPerKey is the number of samples for each key of a sample; 0
	// means 1.
	MaxSamplesPerKey int
	// Ordered makes a sequence with a trailing missing event keep completed
	// sequences back until all that precede them in the order of the search API
	// are decided. Without it a match is reported as soon as it is certain.
	Ordered bool

	// WildcardFunctions makes endsWith and stringContains, asked about a field and
	// a literal, do what Elasticsearch does by accident: "*" and "?" of the
	// literal are wildcards, and a backslash protects what is behind it. It has
	// no effect in the endpoint dialect.
	WildcardFunctions bool

	// MaxRegexLength caps the length of regular expressions in code points, and
	// MaxRegexStates their size once compiled; 0 means the defaults.
	MaxRegexLength, MaxRegexStates int

	// Meta is carried along for the caller.
	Meta any
}

// builtins holds the built-in functions alone, for the many queries that add none.
var builtins = sync.OnceValue(func() *fn.Registry {
	r, err := registry(nil)
	if err != nil {
		panic(err) // our own table is at fault
	}
	return r
})

func registry(extra []fn.Func) (*fn.Registry, error) {
	r := &fn.Registry{}
	var errs []error
	funcs := builtin.All()
	for _, f := range extra {
		funcs = append(funcs, withOwnArgs(f))
	}
	for _, f := range funcs {
		if err := r.Add(f); err != nil {
			errs = append(errs, err)
		}
	}
	return r, errors.Join(errs...)
}

// check returns what is wrong with the numbers in c.
func (c *Config) check() error {
	var errs []error
	for _, limit := range []struct {
		name string
		n    int
	}{
		{"Limit", c.limit()},
		{"MaxSamplesPerKey", c.MaxSamplesPerKey},
		{"MaxRegexLength", c.MaxRegexLength},
		{"MaxRegexStates", c.MaxRegexStates},
	} {
		if limit.n < 0 {
			errs = append(errs, fmt.Errorf("eval: %s must not be negative, found %d", limit.name, limit.n))
		}
	}
	return errors.Join(errs...)
}

func (c *Config) limit() int {
	if c.Limit == nil {
		return 0
	}
	return *c.Limit
}

// options translates c for the planner.
func (c *Config) options() (plan.Options, error) {
	if err := c.check(); err != nil {
		return plan.Options{}, err
	}
	o := plan.Options{
		Dialect:         c.Dialect,
		Functions:       builtins(),
		Schema:          c.Schema,
		Strict:          c.StrictSchema,
		CategoryField:   c.CategoryField,
		TimestampField:  c.TimestampField,
		TiebreakerField: c.TiebreakerField,
		Regex:           pattern.Limits{MaxRegexLen: c.MaxRegexLength, MaxStates: c.MaxRegexStates},
		Size:            -1,
		Head:            c.LimitHead,
		MaxSamples:      c.MaxSamplesPerKey,
		Ordered:         c.Ordered,
		Partition:       c.HostFields,
		Wildcards:       c.WildcardFunctions,
	}
	if o.Partition == nil && c.Dialect == ast.Endpoint {
		o.Partition = DefaultHostFields()
	}
	for _, s := range c.Systems {
		o.Systems = append(o.Systems, plan.SystemName(s))
	}
	if o.CategoryField == "" {
		o.CategoryField = DefaultCategoryField
	}
	if o.TimestampField == "" {
		o.TimestampField = DefaultTimestampField
	}
	if c.Limit != nil {
		o.Size = *c.Limit
	}
	if len(c.Functions) > 0 {
		r, err := registry(c.Functions)
		if err != nil {
			return o, err
		}
		o.Functions = r
	}
	return o, nil
}
