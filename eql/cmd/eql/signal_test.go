//go:build unix

package main

import (
	"bytes"
	"io"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
)

// An interrupt ends a run that waits for input, with what it has found so far.
func TestInterrupt(t *testing.T) {
	in, feeder := io.Pipe()
	defer feeder.Close()
	var out, err bytes.Buffer
	ended := make(chan int)
	go func() {
		ended <- run([]string{"query", "--format", "es", "file where true"}, in, &out, &err)
	}()
	_, writeErr := io.WriteString(feeder, logins) // returns once it has been read
	assert.NoError(t, writeErr)
	time.Sleep(200 * time.Millisecond)
	assert.NoError(t, syscall.Kill(syscall.Getpid(), syscall.SIGINT))
	select {
	case code := <-ended:
		assert.Equal(t, exitOK, code)
		assert.Contains(t, out.String(), `"is_partial":true`)
		assert.Contains(t, out.String(), `"value":2`)
		assert.Contains(t, err.String(), "interrupted")
	case <-time.After(10 * time.Second):
		t.Fatal("the interrupt has no effect")
	}
}
