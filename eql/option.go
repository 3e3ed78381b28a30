package eql

import (
	"errors"
	"fmt"

	"github.com/eqlkit/eqlkit/eval"
	"github.com/eqlkit/eqlkit/eval/fn"
	"github.com/eqlkit/eqlkit/eval/schema"
)

// An Option tunes how a query is compiled. A nil Option does nothing. One with an
// impossible value makes the compilation fail.
type Option func(*config) error

type config struct {
	eval.Config
	maxSize, maxDepth int
}

func newConfig(opts []Option) (*config, error) {
	c := &config{}
	var errs []error
	for _, o := range opts {
		if o != nil {
			errs = append(errs, o(c))
		}
	}
	return c, errors.Join(errs...)
}

func set(f func(*config)) Option {
	return func(c *config) error {
		f(c)
		return nil
	}
}

// WithID names the query in matches and their ids.
func WithID(id string) Option { return set(func(c *config) { c.ID = id }) }

// WithDialect chooses the dialect; the default is Elasticsearch.
func WithDialect(d Dialect) Option { return set(func(c *config) { c.Dialect = d }) }

// WithSchema gives fields types, such as those of an index mapping. It decides
// how values are read and what they may be compared with.
func WithSchema(s schema.Schema) Option { return set(func(c *config) { c.Schema = s }) }

// WithStrictSchema makes a field that the schema does not know an error, unless
// it is marked optional by "?".
func WithStrictSchema() Option { return set(func(c *config) { c.StrictSchema = true }) }

// WithFunctions lets queries call functions of your own. A name that is taken
// already is an error.
func WithFunctions(funcs ...fn.Func) Option {
	return set(func(c *config) { c.Functions = append(c.Functions[:len(c.Functions):len(c.Functions)], funcs...) })
}

// WithCategoryField names the field with the event category; the default is
// event.category.
func WithCategoryField(path string) Option { return set(func(c *config) { c.CategoryField = path }) }

// WithTimestampField names the field with the event's time; the default is
// @timestamp.
func WithTimestampField(path string) Option { return set(func(c *config) { c.TimestampField = path }) }

// WithTiebreakerField names the field that orders events of one time; by
// default they are ordered by arrival.
func WithTiebreakerField(path string) Option {
	return set(func(c *config) { c.TiebreakerField = path })
}

// WithHostFields names the fields that tell which host an event is of: what has
// state keeps to one host. Without a name it does not. The default is host.id,
// else agent.id, in the endpoint dialect, and none in that of Elasticsearch.
func WithHostFields(paths ...string) Option {
	return set(func(c *config) { c.HostFields = append([]string{}, paths...) })
}

// WithWildcardFunctions makes endsWith and stringContains take the "*" and "?" of
// a literal for wildcards, as Elasticsearch does by accident and some rules rely
// on; see eval.Config.
func WithWildcardFunctions() Option { return set(func(c *config) { c.WildcardFunctions = true }) }

// WithSystems limits queries to events of the named operating systems (windows,
// macos, linux), and to those that do not tell theirs.
func WithSystems(names ...string) Option { return set(func(c *config) { c.Systems = names }) }

// WithSize caps the number of results as the size parameter of the search API
// does: to the last n, unless WithResultPosition says otherwise; n must not be
// negative. A stream that keeps the last results answers when it is closed.
func WithSize(n int) Option { return set(func(c *config) { c.Limit = &n }) }

// WithResultPosition says which results WithSize keeps: the last (tail) or the
// first.
func WithResultPosition(tail bool) Option { return set(func(c *config) { c.LimitHead = !tail }) }

// WithMaxSamplesPerKey sets the number of samples for each key of a sample; the
// default is 1.
func WithMaxSamplesPerKey(n int) Option { return set(func(c *config) { c.MaxSamplesPerKey = n }) }

// WithResultOrder keeps the order of the search API (by the last event, then by
// key) where it costs waiting: for sequences that end with a missing event.
func WithResultOrder() Option { return set(func(c *config) { c.Ordered = true }) }

// WithQueryLimits bounds the size of a query's text in bytes and the nesting of
// its expressions; 0 means the default: parser.DefaultMaxSize and
// parser.DefaultMaxDepth.
func WithQueryLimits(size, depth int) Option {
	return func(c *config) error {
		if size < 0 || depth < 0 {
			return fmt.Errorf("eql: query limits of %d bytes and depth %d: they must not be negative", size, depth)
		}
		c.maxSize, c.maxDepth = size, depth
		return nil
	}
}

// WithRegexLimits bounds the length of a regular expression in code points and
// its size once compiled, in states; 0 means the default: 1,000 and 10,000.
func WithRegexLimits(length, states int) Option {
	return set(func(c *config) { c.MaxRegexLength, c.MaxRegexStates = length, states })
}
