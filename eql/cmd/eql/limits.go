package main

import (
	"cmp"

	"github.com/spf13/cobra"

	"github.com/eqlkit/eqlkit/eql"
)

// limitFlags bound what a query may be; zero is the default of each limit.
type limitFlags struct{ size, depth, regexLength, regexStates int }

// add adds the flags to cmd.
func (f *limitFlags) add(cmd *cobra.Command) {
	f.addSyntax(cmd)
	fs := cmd.Flags()
	fs.IntVar(&f.regexLength, "max-regex-length", 0, "refuse regular expressions of more than this many `characters` (default 1000)")
	fs.IntVar(&f.regexStates, "max-regex-states", 0, "refuse regular expressions that need more than this many `states` (default 10000,\nat most 1000000)")
}

// addSyntax adds the flags about the text of a query.
func (f *limitFlags) addSyntax(cmd *cobra.Command) {
	fs := cmd.Flags()
	fs.IntVar(&f.size, "max-query-size", 0, "refuse queries of more than this many `bytes` (default 1048576)")
	fs.IntVar(&f.depth, "max-query-depth", 0, "refuse queries that nest deeper than this many `levels` (default 256, at most\n100000)")
}

// check refuses limits that there cannot be.
func (f *limitFlags) check() error {
	return cmp.Or(
		notNegative("--max-query-size", f.size),
		notNegative("--max-query-depth", f.depth),
		notNegative("--max-regex-length", f.regexLength),
		notNegative("--max-regex-states", f.regexStates),
	)
}

// options returns what the flags mean for the compilation of a query.
func (f *limitFlags) options() []eql.Option {
	return []eql.Option{eql.WithQueryLimits(f.size, f.depth), eql.WithRegexLimits(f.regexLength, f.regexStates)}
}
