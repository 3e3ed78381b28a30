package main

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"runtime/debug"
	"syscall"

	"github.com/spf13/cobra"
)

// The exit codes.
const (
	exitOK = iota
	exitProblems
	exitUsage
)

// errProblems makes a command exit with exitProblems; what the problems are has
// been reported by then.
var errProblems = errors.New("problems found")

// A usageError is a mistake in the command line.
type usageError struct{ error }

func usage(msg string) error { return usageError{errors.New(msg)} }

// An app is one execution of the command.
type app struct {
	in  io.Reader
	out *bufio.Writer // data
	err io.Writer     // everything else

	outFile *os.File // where out goes, if that is a regular file

	outTerm, errTerm terminal
	started          bool // whether a subcommand was reached: its errors are no mistakes of usage
}

func newApp(in io.Reader, out, err io.Writer) *app {
	return &app{
		in:      in,
		out:     bufio.NewWriterSize(out, 64<<10),
		err:     err,
		outFile: regularFile(out),
		outTerm: terminalOf(out),
		errTerm: terminalOf(err),
	}
}

const rootLong = `eql works with EQL, the Event Query Language: it runs queries and detection
rules over JSON events, without a server, and checks, formats and explains them.

Events are JSON objects, one a line (NDJSON) or in one array, plain or compressed
with gzip or zstd; all of this is detected. Without FILE, or for "-", they come
from standard input. Results go to standard output, everything else to standard
error.

Exit codes: 0 if all went well, 1 if problems were found, 2 for a mistake in the
command line. Interrupting a run (Ctrl-C) makes it print what it has found so far
and end.`

const rootExample = `  # events that match a query
  eql query 'process where process.name : "*.exe" and process.pid > 4' events.ndjson

  # two events of one user within a minute, out of compressed files, oldest first
  eql query --sort 'sequence by user.name with maxspan=1m
      [authentication where event.outcome == "failure"]
      [authentication where event.outcome == "success"]' *.ndjson.gz

  # all rules of a folder over a live stream, one alert a line
  tail -f events.ndjson | eql run --rules rules/

  # validate rules and run their tests, for example before a commit
  eql check rules/ && eql test rules/

  # why a rule does not fire
  eql explain --why rules/one.toml events.ndjson`

func (a *app) root() *cobra.Command {
	root := &cobra.Command{
		Use:           "eql",
		Short:         "Run, check, test, format and explain EQL queries and rules",
		Long:          rootLong,
		Example:       rootExample,
		Version:       version(),
		SilenceErrors: true,
		SilenceUsage:  true,
		RunE: func(cmd *cobra.Command, _ []string) error {
			cmd.SetOut(a.err)
			_ = cmd.Help()
			return usage("a command is missing")
		},
	}
	root.SetIn(a.in)
	root.SetOut(a.out)
	root.SetErr(a.err)
	root.AddCommand(a.queryCmd(), a.runCmd(), a.checkCmd(), a.fmtCmd(), a.explainCmd(), a.testCmd(), a.benchCmd())
	return root
}

func (a *app) run(args []string) int {
	root := a.root()
	root.SetArgs(append([]string{}, args...)) // nil would mean os.Args
	cmd, err := root.ExecuteContextC(context.Background())
	if flushErr := a.out.Flush(); err == nil {
		err = flushErr
	}
	usage := usageError{}
	switch {
	case err == nil, isClosedPipe(err):
		return exitOK
	case errors.Is(err, errProblems):
		return exitProblems
	case !a.started || errors.As(err, &usage):
		a.errorf("%v", err)
		fmt.Fprintf(a.err, "See '%s --help'.\n", cmd.CommandPath())
		return exitUsage
	}
	a.errorf("%v", err)
	return exitProblems
}

// command completes the definition of a subcommand that do executes.
func (a *app) command(cmd *cobra.Command, do func(ctx context.Context, args []string) error) *cobra.Command {
	cmd.DisableFlagsInUseLine = true
	cmd.RunE = func(cmd *cobra.Command, args []string) error {
		a.started = true
		return do(cmd.Context(), args)
	}
	return cmd
}

// errorf reports a problem on standard error.
func (a *app) errorf(format string, args ...any) {
	fmt.Fprintln(a.err, a.errTerm.bad("eql:"), printable(fmt.Sprintf(format, args...)))
}

// isClosedPipe reports whether err says that the reader of our output is gone,
// as in "eql ... | head -1".
func isClosedPipe(err error) bool {
	return errors.Is(err, syscall.EPIPE) || errors.Is(err, io.ErrClosedPipe)
}

// version returns the module's version as the go command has stamped it.
func version() string {
	info, ok := debug.ReadBuildInfo()
	if !ok || info.Main.Version == "" {
		return "(devel)"
	}
	return info.Main.Version
}
