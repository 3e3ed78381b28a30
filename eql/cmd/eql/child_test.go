//go:build unix

package main

import (
	"bytes"
	"errors"
	"os"
	"os/exec"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// asCommand in the environment makes the test binary the command.
const asCommand = "EQL_TEST_AS_COMMAND"

func TestMain(m *testing.M) {
	if os.Getenv(asCommand) != "" {
		main()
		return
	}
	os.Exit(m.Run())
}

// A child is the command in a process of its own.
type child struct {
	*exec.Cmd
	stderr safeBuffer
	out    *os.File
	ended  chan error
}

// start runs the command with its output appended to a file.
func start(t *testing.T, out string, args ...string) *child {
	t.Helper()
	exe, err := os.Executable()
	require.NoError(t, err)
	c := &child{Cmd: exec.Command(exe, args...), ended: make(chan error, 1)}
	c.Env = append(os.Environ(), asCommand+"=1")
	c.Stderr = &c.stderr
	c.out, err = os.OpenFile(out, os.O_CREATE|os.O_APPEND|os.O_WRONLY, 0o600)
	require.NoError(t, err)
	c.Stdout = c.out
	require.NoError(t, c.Start())
	go func() {
		c.ended <- c.Wait()
		_ = c.out.Close()
	}()
	t.Cleanup(func() { _ = c.Process.Kill() })
	return c
}

// wait returns the exit code, or -1 if the command was killed.
func (c *child) wait(t *testing.T) int {
	t.Helper()
	select {
	case err := <-c.ended:
		c.ended <- err
		if exit := (*exec.ExitError)(nil); errors.As(err, &exit) {
			return exit.ExitCode()
		}
		require.NoError(t, err)
		return 0
	case <-time.After(2 * time.Minute):
		t.Fatal("the command does not end")
		return 0
	}
}

// endedWithin reports whether the command ends by itself before d is over.
func (c *child) endedWithin(d time.Duration) bool {
	select {
	case err := <-c.ended:
		c.ended <- err
		return true
	case <-time.After(d):
		return false
	}
}

// interrupt asks the command to end and returns its exit code.
func (c *child) interrupt(t *testing.T) int {
	t.Helper()
	require.NoError(t, c.Process.Signal(syscall.SIGTERM))
	return c.wait(t)
}

// kill ends the command the hard way.
func (c *child) kill(t *testing.T) {
	t.Helper()
	_ = c.Process.Signal(syscall.SIGKILL)
	c.wait(t)
}

// A safeBuffer is a bytes.Buffer for several goroutines.
type safeBuffer struct {
	mu sync.Mutex
	b  bytes.Buffer
}

func (b *safeBuffer) Write(p []byte) (int, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.b.Write(p)
}

func (b *safeBuffer) String() string {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.b.String()
}

// eventually waits until ok holds.
func eventually(t *testing.T, ok func() bool, msg func() string) {
	t.Helper()
	for end := time.Now().Add(20 * time.Second); !ok(); time.Sleep(10 * time.Millisecond) {
		if time.Now().After(end) {
			t.Fatal(msg())
		}
	}
}
