package input_test

import (
	"context"
	"fmt"
	"io"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/eqlkit/eqlkit/eql/cmd/eql/internal/input"
)

// A follower is a Reader that follows files in the background.
type follower struct {
	t      *testing.T
	reader *input.Reader
	cancel context.CancelFunc
	ended  chan struct{}

	mu      sync.Mutex
	got     []string // documents
	notices []string
	at      []input.Position
}

const poll = 4 * time.Millisecond

func follow(t *testing.T, resume []input.Position, files ...string) *follower {
	t.Helper()
	ctx, cancel := context.WithCancel(context.Background())
	f := &follower{t: t, cancel: cancel, ended: make(chan struct{})}
	f.reader = &input.Reader{Files: files, Follow: true, Poll: poll, Resume: resume, Stdin: strings.NewReader("")}
	go func() {
		defer close(f.ended)
		for d, err := range f.reader.All(ctx) {
			f.mu.Lock()
			if err != nil {
				f.notices = append(f.notices, err.Error())
			} else {
				f.got = append(f.got, string(d.Data))
			}
			f.at = f.reader.Positions()
			f.mu.Unlock()
		}
	}()
	t.Cleanup(f.stop)
	return f
}

func (f *follower) stop() {
	f.cancel()
	select {
	case <-f.ended:
	case <-time.After(10 * time.Second):
		f.t.Error("following does not end")
	}
}

// wait waits until n documents are there.
func (f *follower) wait(n int) []string {
	f.t.Helper()
	for end := time.Now().Add(10 * time.Second); ; time.Sleep(poll / 2) {
		f.mu.Lock()
		got := f.got
		f.mu.Unlock()
		if len(got) >= n || time.Now().After(end) {
			require.Len(f.t, got, n, "%q", f.notices)
			return got
		}
	}
}

// forget drops the documents that are there.
func (f *follower) forget() {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.got = nil
}

func (f *follower) told() string {
	f.mu.Lock()
	defer f.mu.Unlock()
	return strings.Join(f.notices, "\n")
}

func numbers(n int) []string {
	return strings.Split(strings.TrimSpace(lines(0, n)), "\n")
}

func add(t *testing.T, path, text string) {
	t.Helper()
	f, err := os.OpenFile(path, os.O_CREATE|os.O_APPEND|os.O_WRONLY, 0o600)
	require.NoError(t, err)
	_, err = f.WriteString(text)
	require.NoError(t, err)
	require.NoError(t, f.Close())
}

func TestFollow(t *testing.T) {
	const silence = 20 * poll
	tests := []struct {
		name string
		do   func(t *testing.T, path string, f *follower)
		want int // documents
		told string
	}{
		{"grows", func(t *testing.T, path string, f *follower) {
			add(t, path, lines(0, 3))
			f.wait(3)
			add(t, path, lines(3, 5))
		}, 5, ""},
		{"half a line", func(t *testing.T, path string, f *follower) {
			whole := line(1)
			add(t, path, line(0)+whole[:5])
			f.wait(1)
			time.Sleep(silence)
			add(t, path, whole[5:len(whole)-1])
			time.Sleep(silence)
			f.wait(1)
			add(t, path, "\n")
		}, 2, ""},
		{"not there yet", func(t *testing.T, path string, f *follower) {
			require.NoError(t, os.Remove(path))
			time.Sleep(silence)
			add(t, path, lines(0, 2))
		}, 2, ""},
		{"renamed", func(t *testing.T, path string, f *follower) {
			add(t, path, lines(0, 3))
			f.wait(3)
			require.NoError(t, os.Rename(path, path+".1"))
			time.Sleep(silence)
			add(t, path+".1", lines(3, 5))
			f.wait(5)
			add(t, path, lines(6, 8))
			add(t, path+".1", lines(5, 6)) // a writer that does not know yet
		}, 8, ""},
		{"copied and truncated", func(t *testing.T, path string, f *follower) {
			add(t, path, lines(0, 30))
			f.wait(30)
			require.NoError(t, os.Truncate(path, 0))
			add(t, path, lines(30, 32))
		}, 32, "was truncated"},
		{"overwritten by more", func(t *testing.T, path string, f *follower) {
			add(t, path, lines(1000, 1003))
			f.wait(3)
			f.forget()
			require.NoError(t, os.WriteFile(path, []byte(lines(0, 300)), 0o600))
		}, 300, "was truncated"},
		{"removed and made anew, alike", func(t *testing.T, path string, f *follower) {
			add(t, path, lines(0, 3))
			f.wait(3)
			f.forget()
			require.NoError(t, os.Remove(path))
			time.Sleep(silence)
			add(t, path, lines(0, 3))
		}, 3, ""},
		{"removed and made anew", func(t *testing.T, path string, f *follower) {
			add(t, path, lines(0, 3))
			f.wait(3)
			require.NoError(t, os.Remove(path))
			time.Sleep(silence)
			add(t, path, lines(3, 5))
			f.wait(5)
			require.NoError(t, os.Remove(path))
			add(t, path, lines(5, 7))
		}, 7, ""},
		{"compressed", func(t *testing.T, path string, f *follower) {
			packed := zipped(t, lines(0, 3))
			require.NoError(t, os.WriteFile(path+".new", packed, 0o600))
			require.NoError(t, os.Rename(path+".new", path))
			f.wait(3)
			time.Sleep(silence)
			require.NoError(t, os.WriteFile(path+".new", []byte(lines(3, 5)), 0o600))
			require.NoError(t, os.Rename(path+".new", path))
		}, 5, ""},
		{"last line without an end", func(t *testing.T, path string, f *follower) {
			add(t, path, lines(0, 2)+strings.TrimSpace(line(2)))
			f.wait(2)
			require.NoError(t, os.Rename(path, path+".1"))
			add(t, path, lines(3, 5))
		}, 5, ""},
		{"an array that grows", func(t *testing.T, path string, f *follower) {
			add(t, path, "["+line(0)+","+line(1))
			f.wait(1)
			add(t, path, ","+line(2)+"]\n")
		}, 3, ""},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			path := filepath.Join(t.TempDir(), "app.log")
			add(t, path, "")
			f := follow(t, nil, path)
			tt.do(t, path, f)
			assert.Equal(t, numbers(tt.want), f.wait(tt.want))
			time.Sleep(silence)
			f.wait(tt.want)
			if tt.told == "" {
				assert.Empty(t, strings.ReplaceAll(f.told(), path+": is not there yet; waiting for it", ""))
			}
			assert.Contains(t, f.told(), tt.told)
		})
	}
}

func TestFollow_missing(t *testing.T) {
	path := filepath.Join(t.TempDir(), "app.log")
	f := follow(t, nil, path)
	time.Sleep(20 * poll)
	add(t, path, line(0))
	f.wait(1)
	assert.Equal(t, path+": is not there yet; waiting for it", f.told(), "said once")
}

func TestFollow_stdin(t *testing.T) {
	r := &input.Reader{Files: []string{input.Stdin}, Follow: true, Stdin: strings.NewReader(lines(0, 600))}
	var got []string
	for d, err := range r.All(context.Background()) {
		require.NoError(t, err)
		got = append(got, string(d.Data))
	}
	assert.Equal(t, numbers(600), got, "it ends where its only input ends")
}

// The Reader reports its idleness while a writer is silent, and a blocked reader
// of standard input does not survive cancellation.
func TestFollow_idle(t *testing.T) {
	pr, pw := io.Pipe()
	defer pw.Close()
	ctx, cancel := context.WithCancel(context.Background())
	idle := 0
	r := &input.Reader{Files: []string{input.Stdin}, Follow: true, Stdin: pr, IdleEvery: time.Millisecond, Idle: func() {
		if idle++; idle == 10 {
			cancel()
		}
	}}
	for range r.All(ctx) {
		t.Error("there is nothing to read")
	}
	assert.GreaterOrEqual(t, idle, 10)
}

func TestFollow_stopsEarly(t *testing.T) {
	path := filepath.Join(t.TempDir(), "app.log")
	add(t, path, lines(0, 5000))
	r := &input.Reader{Files: []string{path, path + ".other"}, Follow: true, Poll: poll}
	for d, err := range r.All(context.Background()) {
		if err == nil {
			assert.Equal(t, numbers(1)[0], string(d.Data))
			break
		}
	}
}

// Whatever a writer does, and whenever the Reader is stopped and started again,
// each line is read once and in order.
func TestFollow_random(t *testing.T) {
	for seed := range uint64(4) {
		t.Run(fmt.Sprint(seed), func(t *testing.T) {
			t.Parallel()
			testFollowRandom(t, seed)
		})
	}
}

func testFollowRandom(t *testing.T, seed uint64) {
	const total = 3000
	path := filepath.Join(t.TempDir(), "app.log")
	done := make(chan struct{})
	pause := func(rnd *rand.Rand) { time.Sleep(time.Duration(rnd.Int64N(int64(6 * poll)))) }
	go func() {
		defer close(done)
		rnd := rand.New(rand.NewPCG(seed, 1))
		text := lines(0, total)
		rotations, inFile := 0, ""
		for len(text) > 0 {
			n := min(1+rnd.IntN(2000), len(text))
			add(t, path, text[:n])
			inFile += text[:n]
			text = text[n:]
			if rnd.IntN(3) > 0 {
				continue
			}
			if rnd.IntN(3) == 0 {
				pause(rnd)
			}
			if rnd.IntN(4) > 0 || !strings.HasSuffix(inFile, "\n") {
				continue
			}
			rotations++
			old := fmt.Sprintf("%s-2024050112%04d", path, rotations)
			switch rnd.IntN(3) {
			case 0:
				assert.NoError(t, os.Rename(path, old))
				pause(rnd)
			case 1:
				assert.NoError(t, os.Rename(path, old))
			case 2:
				add(t, old, inFile)
				assert.NoError(t, os.Truncate(path, 0))
			}
			inFile = ""
		}
	}()
	rnd := rand.New(rand.NewPCG(seed, 2))
	var got []string
	var ps []input.Position
	for end := time.Now().Add(20 * time.Second); len(got) < total && time.Now().Before(end); {
		f := follow(t, ps, path)
		pause(rnd)
		pause(rnd)
		pause(rnd)
		f.stop()
		got = append(got, f.got...)
		if f.at != nil {
			ps = f.at
		}
	}
	<-done
	want := numbers(total)
	for i := range want {
		if i >= len(got) || got[i] != want[i] {
			t.Fatalf("document %d is %q", i, got[min(i, len(got)):min(i+3, len(got))])
		}
	}
	assert.Len(t, got, total)
}
