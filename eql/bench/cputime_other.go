//go:build !unix

package bench

import "time"

// cpuTime reports that the CPU time of the process is unknown.
func cpuTime() (time.Duration, bool) { return 0, false }
