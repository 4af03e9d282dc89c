package attack

import (
	"fmt"
	"os"
	"strconv"
	"strings"
)

// Process is the server's, as the system sees it.
type Process struct{ PID int }

// Usage is what a process holds at a moment.
type Usage struct {
	Descriptors int
	Threads     int
	Resident    int // bytes
	Peak        int // the most bytes that were resident since ResetPeak
}

// Usage reads what the process holds.
func (p Process) Usage() (Usage, error) {
	var u Usage
	files, err := os.ReadDir(p.path("fd"))
	if err != nil {
		return u, err
	}
	u.Descriptors = len(files)
	status, err := os.ReadFile(p.path("status"))
	if err != nil {
		return u, err
	}
	for line := range strings.Lines(string(status)) {
		name, value, _ := strings.Cut(line, ":")
		n, _ := strconv.Atoi(strings.TrimSuffix(strings.TrimSpace(value), " kB")) // 0 for what is no number
		switch name {
		case "Threads":
			u.Threads = n
		case "VmRSS":
			u.Resident = n << 10
		case "VmHWM":
			u.Peak = n << 10
		}
	}
	return u, nil
}

// ResetPeak makes Peak begin anew.
func (p Process) ResetPeak() error { return os.WriteFile(p.path("clear_refs"), []byte("5"), 0) }

func (p Process) path(name string) string { return fmt.Sprintf("/proc/%d/%s", p.PID, name) }
