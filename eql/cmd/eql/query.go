package main

import (
	"context"

	"github.com/spf13/cobra"

	"github.com/eqlkit/eqlkit/ast"
	"github.com/eqlkit/eqlkit/ast/source"
	"github.com/eqlkit/eqlkit/eql"
	"github.com/eqlkit/eqlkit/rule"
)

// queryName is what a query from the command line is called in messages.
const queryName = "<query>"

const queryLong = `Runs one query over the events of the files, or of standard input, and prints what
it finds.

Formats:
  table   columns for people: the time and the fields that the query names
          (the default on a terminal)
  ndjson  one result a line: the event as it was read; for a sequence or a sample
          an object with join_keys and events, null for a missing event
          (the default otherwise)
  es      one response as Elasticsearch's EQL search API prints it; _index is the
          input's name, _id the event's line or its number in an array

Events are taken in the order they come in; a sequence needs them in order of
time, which --sort provides. An event that cannot be read is reported, counted and
left out. The exit code is 1 if the query has an error or an input could not be
read.`

const queryExample = `  eql query 'process where process.name == "cmd.exe"' events.ndjson
  zcat events.ndjson.gz | eql query 'any where true | tail 3'
  eql query --format es --size 10 --result-position head 'file where true' events.json
  eql query --sort 'sequence by host.id with maxspan=5m
      [process where event.type == "start"] [network where true]' a.ndjson.gz b.ndjson.zst`

type queryFlags struct {
	eventFlags
	format, dialect, position *choice
	size, samples             int
}

func (a *app) queryCmd() *cobra.Command {
	f := &queryFlags{}
	cmd := &cobra.Command{
		Use:     "query [flags] QUERY [FILE...]",
		Short:   "Run one query over events",
		Long:    queryLong,
		Example: queryExample,
		Args: func(_ *cobra.Command, args []string) error {
			if len(args) == 0 {
				return usage("a query is missing")
			}
			return nil
		},
	}
	f.format = choose(cmd, "format", "how results are printed", "auto", "table", "ndjson", "es")
	f.dialect = choose(cmd, "dialect", "the language of the query; auto is elasticsearch", dialects...)
	f.position = choose(cmd, "result-position", "which results --size keeps", "tail", "head")
	cmd.Flags().IntVar(&f.size, "size", 0, "print at most `n` results (default: all)")
	cmd.Flags().IntVar(&f.samples, "max-samples-per-key", 1, "print at most `n` samples of each key")
	f.add(cmd)
	return a.command(cmd, func(ctx context.Context, args []string) error {
		opts, err := f.options(cmd)
		if err != nil {
			return err
		}
		return a.query(ctx, f, opts, args[0], args[1:])
	})
}

func (f *queryFlags) options(cmd *cobra.Command) ([]eql.Option, error) {
	opts, err := f.eventFlags.options()
	if err != nil {
		return nil, err
	}
	if f.size < 0 || f.samples < 1 {
		return nil, usage("--size must not be negative, --max-samples-per-key not below 1")
	}
	opts = append(opts, eql.WithDialect(dialectOf(&rule.Rule{}, f.dialect.value)), eql.WithMaxSamplesPerKey(f.samples), eql.WithResultOrder())
	if cmd.Flags().Changed("size") {
		opts = append(opts, eql.WithSize(f.size), eql.WithResultPosition(f.position.value == "tail"))
	}
	return opts, nil
}

func (a *app) query(ctx context.Context, f *queryFlags, opts []eql.Option, text string, files []string) error {
	q, err := eql.CompileFile(&source.File{Name: queryName, Text: text}, opts...)
	if err != nil {
		a.report(err)
		return errProblems
	}
	out := a.printer(f, q)
	feed := &feed{app: a, flags: &f.eventFlags, sink: out, ordered: q.Kind() == kindSequence, reader: a.newReader(files)}
	feed.machine = oneStream{eql.NewEngine(q).NewStream(append(f.stream(), eql.WithOnError(feed.note))...)}
	if err := feed.run(ctx, "hits"); err != nil {
		return err
	}
	if err := out.end(feed); err != nil {
		return err
	}
	return feed.conclude()
}

// A printer is the sink of a query.
type printer interface {
	sink
	end(f *feed) error
}

func (a *app) printer(f *queryFlags, q *eql.Query) printer {
	kind, format := q.Kind(), f.format.value
	if format == "auto" {
		format = "ndjson"
		if a.outTerm.is {
			format = "table"
		}
	}
	switch format {
	case "es":
		return &responder{w: a.out, kind: kind}
	case "table":
		return newTabler(a, kind, f.timestamp, ast.Summarize(q.AST()))
	default:
		return &liner{w: a.out, kind: kind}
	}
}
