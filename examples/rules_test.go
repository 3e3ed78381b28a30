// Package examples holds programs that use eqlkit, and rules with their tests.
package examples

import (
	"os"
	"testing"

	"github.com/eqlkit/eqlkit/eql/eqltest"
)

func TestRules(t *testing.T) {
	eqltest.Run(t, os.DirFS("rules"), eqltest.WithParallel(), eqltest.WithMinCoverage(90))
}
