package main

import (
	"bytes"
	"cmp"
	"errors"
	"fmt"
	"os"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/eqlkit/eqlkit/ast"
	"github.com/eqlkit/eqlkit/ast/source"
	"github.com/eqlkit/eqlkit/eql"
	"github.com/eqlkit/eqlkit/eval"
	"github.com/eqlkit/eqlkit/eval/event"
	"github.com/eqlkit/eqlkit/eval/schema"
)

// eventFlags say how events are to be understood.
type eventFlags struct {
	timestamp, tiebreaker, category string
	mapping                         string
	wildcards                       bool
	hosts                           []string
	types                           *schema.Mapping // what mapping names; nil if it names nothing
	sort                            bool
	lateness                        time.Duration
	partials, processes             int
	limits                          limitFlags
}

// dialects are the values of --dialect.
var dialects = []string{"auto", ast.Elasticsearch.String(), ast.Endpoint.String()}

// add adds all flags to cmd.
func (f *eventFlags) add(cmd *cobra.Command) {
	f.addFields(cmd)
	cmd.Flags().BoolVar(&f.sort, "sort", false, "read all events first and put them in order: by time, by tiebreaker (null last),\nthen as read; events without a time come last")
	cmd.Flags().DurationVar(&f.lateness, "lateness", 0, "let events come out of order by up to this `time`, such as 30s: sequences wait\nthat long for events that are late")
	cmd.Flags().IntVar(&f.partials, "partials-per-key", 0, fmt.Sprintf("keep at most this `number` of partial sequences for a key where steps have names\n(as e), which keep more than the newest (default %d)", eval.DefaultPartialsPerKey))
	cmd.Flags().IntVar(&f.processes, "max-processes", 0, fmt.Sprintf("remember at most this `number` of processes for each query with descendant of\n(default %d)", eval.DefaultProcesses))
}

// stream returns what the flags mean for a stream.
func (f *eventFlags) stream() []eql.StreamOption {
	return []eql.StreamOption{
		eql.WithLateness(f.lateness),
		eql.WithPartialsPerKey(f.partials),
		eql.WithProcessLimits(f.processes, 0),
	}
}

// addFields adds those flags that concern compilation.
func (f *eventFlags) addFields(cmd *cobra.Command) {
	fs := cmd.Flags()
	fs.StringVar(&f.timestamp, "timestamp-field", "", "`field` with the time of an event (default @timestamp)")
	fs.StringVar(&f.tiebreaker, "tiebreaker-field", "", "`field` that orders events of the same time")
	fs.StringVar(&f.category, "event-category-field", "", "`field` with the category of an event (default event.category)")
	fs.StringVar(&f.mapping, "mapping", "", "`file` with an Elasticsearch mapping: the types of fields")
	_ = cmd.MarkFlagFilename("mapping", "json")
	fs.BoolVar(&f.wildcards, "wildcard-functions", false, "let endsWith and stringContains take * and ? of a literal for wildcards, as\nElasticsearch does")
	fs.StringSliceVar(&f.hosts, "host-fields", nil, "`fields` that tell the host, the best first: sequences keep to one host; none\nfor none (default host.id,agent.id in the endpoint dialect, else none)")
	f.limits.add(cmd)
}

// options returns what the flags mean for the compilation of a query.
func (f *eventFlags) options() ([]eql.Option, error) {
	if err := cmp.Or(
		f.limits.check(),
		notNegative("--partials-per-key", f.partials),
		notNegative("--max-processes", f.processes),
		notNegative("--lateness", f.lateness),
	); err != nil {
		return nil, err
	}
	opts := f.limits.options()
	if f.timestamp != "" {
		opts = append(opts, eql.WithTimestampField(f.timestamp))
	}
	if f.tiebreaker != "" {
		opts = append(opts, eql.WithTiebreakerField(f.tiebreaker))
	}
	if f.category != "" {
		opts = append(opts, eql.WithCategoryField(f.category))
	}
	if f.wildcards {
		opts = append(opts, eql.WithWildcardFunctions())
	}
	switch {
	case len(f.hosts) == 1 && f.hosts[0] == "none":
		opts = append(opts, eql.WithHostFields())
	case len(f.hosts) > 0:
		opts = append(opts, eql.WithHostFields(f.hosts...))
	}
	if f.mapping != "" {
		var err error
		if f.types, err = loadMapping(f.mapping); err != nil {
			return nil, err
		}
		opts = append(opts, eql.WithSchema(f.types))
	}
	return opts, nil
}

// notNegative returns a usage error if the value of a flag is below zero.
func notNegative[N int | time.Duration](flag string, n N) error {
	if n < 0 {
		return usage(flag + " must not be negative")
	}
	return nil
}

func loadMapping(name string) (*schema.Mapping, error) {
	data, err := os.ReadFile(name)
	if err != nil {
		return nil, err
	}
	data = bytes.TrimPrefix(data, []byte("\uFEFF"))
	m, err := schema.FromMapping(data)
	var syntax *event.SyntaxError
	switch {
	case errors.As(err, &syntax):
		at := int(syntax.Offset)
		return nil, &source.Error{File: &source.File{Name: name, Text: string(data)}, Span: source.SpanAt(at, at+1), Msg: syntax.Msg}
	case err != nil:
		return nil, fmt.Errorf("%s: %w", name, err)
	}
	return m, nil
}

// A choice is a flag with a fixed set of values, the first of which is the default.
type choice struct {
	value   string
	allowed []string
}

// choose adds the flag called name to cmd.
func choose(cmd *cobra.Command, name, usage string, allowed ...string) *choice {
	c := &choice{value: allowed[0], allowed: allowed}
	cmd.Flags().Var(c, name, usage+": "+strings.Join(allowed, ", "))
	_ = cmd.RegisterFlagCompletionFunc(name, cobra.FixedCompletions(allowed, cobra.ShellCompDirectiveNoFileComp))
	return c
}

// String implements pflag.Value, as do Set and Type.
func (c *choice) String() string { return c.value }

// Set refuses what is not allowed.
func (c *choice) Set(s string) error {
	if !slices.Contains(c.allowed, s) {
		return fmt.Errorf("must be one of %s", strings.Join(c.allowed, ", "))
	}
	c.value = s
	return nil
}

// Type names the flag's argument in the help text.
func (c *choice) Type() string { return "name" }

// A size is a flag with a number of bytes.
type size int64

// sizeUnits are the units of a size.
var sizeUnits = map[string]float64{
	"": 1, "b": 1,
	"k": 1 << 10, "kib": 1 << 10, "kb": 1e3,
	"m": 1 << 20, "mib": 1 << 20, "mb": 1e6,
	"g": 1 << 30, "gib": 1 << 30, "gb": 1e9,
}

// String implements pflag.Value, as do Set and Type. The zero size is no limit.
func (s *size) String() string {
	if *s == 0 {
		return ""
	}
	return strconv.FormatInt(int64(*s), 10)
}

// Set reads a number with a unit.
func (s *size) Set(text string) error {
	end := strings.IndexFunc(text, func(r rune) bool { return r != '.' && (r < '0' || r > '9') })
	if end < 0 {
		end = len(text)
	}
	n, err := strconv.ParseFloat(text[:end], 64)
	unit, ok := sizeUnits[strings.ToLower(strings.TrimSpace(text[end:]))]
	if err != nil || !ok || n*unit < 1 || n*unit > 1<<60 {
		return errors.New("must be a size such as 500000, 512MiB or 2GB")
	}
	*s = size(n * unit)
	return nil
}

// Type names the flag's argument in the help text.
func (s *size) Type() string { return "size" }
