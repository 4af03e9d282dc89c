//go:build unix

package server

import (
	"fmt"

	"golang.org/x/sys/unix"
)

// raiseDescriptors raises the process's limit of open descriptors to the hard one and returns what it got.
func raiseDescriptors() (int, error) {
	var limit unix.Rlimit
	if err := unix.Getrlimit(unix.RLIMIT_NOFILE, &limit); err != nil {
		return fallbackDescriptors, fmt.Errorf("reading the descriptor limit: %w", err)
	}
	soft := limit.Cur
	if limit.Cur < limit.Max {
		limit.Cur = limit.Max
		if err := unix.Setrlimit(unix.RLIMIT_NOFILE, &limit); err != nil {
			return clampDescriptors(uint64(soft)), fmt.Errorf("raising the descriptor limit from %d to %d: %w", soft, limit.Max, err)
		}
	}
	return clampDescriptors(uint64(limit.Cur)), nil
}

// clampDescriptors fits "unlimited" into an int that can be counted with.
func clampDescriptors(n uint64) int { return int(min(n, 1<<30)) }
