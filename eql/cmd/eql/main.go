// Command eql runs, checks, formats and explains EQL queries and rules.
//
//	eql query 'process where process.name == "cmd.exe"' events.ndjson.gz
//	eql run --rules rules/ events.ndjson
//	eql check rules/
//
// See "eql --help".
package main

import (
	"io"
	"os"
	"os/signal"
	"syscall"
)

func main() {
	// A closed pipe is to be an error of the write, which ends the run quietly.
	signal.Ignore(syscall.SIGPIPE)
	os.Exit(run(os.Args[1:], os.Stdin, os.Stdout, os.Stderr))
}

// run executes the command line args and returns the exit code.
func run(args []string, in io.Reader, out, err io.Writer) int {
	return newApp(in, out, err).run(args)
}
