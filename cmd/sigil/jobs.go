package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"text/tabwriter"
	"time"

	"github.com/spf13/cobra"

	"github.com/sigil-server/sigil/conf"
	"github.com/sigil-server/sigil/server"
)

func newJobs() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "jobs [APP]",
		Short: "Lists what apps do by themselves: timers, schedules, listeners",
		Long: `Lists the durable timers (this.after), schedules and listeners of all apps, or of one, with when they run next. It asks the
server's admin port; where none answers it reads the timers from the apps' data.`,
		Example: "  sigil jobs\n  sigil jobs todo --json\n  sigil jobs show todo 0199a2...\n  sigil jobs cancel todo 0199a2...\n  sigil jobs run todo tidy",
		Args:    cobra.MaximumNArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			source, err := jobsOf(cmd)
			if err != nil {
				return err
			}
			defer source.close()
			list, err := source.list(cmd.Context(), strings.Join(args, ""))
			if err != nil {
				return err
			}
			return printJobs(cmd, list)
		},
	}
	f := cmd.PersistentFlags()
	f.String("admin", "", "address of the admin port; default: that of the configuration")
	f.String("config", "", "configuration file (YAML); default: sigil.yaml, if there is one")
	f.Bool("offline", false, "do not ask a server: read the timers from the apps' data")
	f.Bool("json", false, "print JSON")
	cmd.AddCommand(
		newJobAction("show", "Prints one job with its argument", jobSource.show),
		newJobAction("cancel", "Removes a timer", jobSource.cancel),
		newJobAction("run", "Runs a timer or a schedule now", jobSource.run),
	)
	return cmd
}

// jobSource is where jobs are found: a server, or the apps' data.
type jobSource interface {
	list(ctx context.Context, app string) (server.JobList, error)
	show(ctx context.Context, app, id string) (server.Job, error)
	cancel(ctx context.Context, app, id string) (server.Job, error)
	run(ctx context.Context, app, id string) (server.Job, error)
	close()
}

func newJobAction(name, short string, act func(s jobSource, ctx context.Context, app, id string) (server.Job, error)) *cobra.Command {
	return &cobra.Command{
		Use:   name + " APP ID",
		Short: short,
		Long:  short + ". ID is that of a timer, or the name of a schedule or listener.",
		Args:  cobra.ExactArgs(2),
		RunE: func(cmd *cobra.Command, args []string) error {
			source, err := jobsOf(cmd)
			if err != nil {
				return err
			}
			defer source.close()
			job, err := act(source, cmd.Context(), args[0], args[1])
			if err != nil {
				return fmt.Errorf("%s %s of app %s: %w", name, args[1], args[0], err)
			}
			out := json.NewEncoder(cmd.OutOrStdout())
			out.SetIndent("", "  ")
			return out.Encode(job)
		},
	}
}

// jobsOf chooses the server if one answers.
func jobsOf(cmd *cobra.Command) (jobSource, error) {
	file, err := cmd.Flags().GetString("config")
	if err != nil {
		return nil, err
	}
	c, err := conf.Load(withoutFlags(configSources(file, cmd)))
	if err != nil {
		return nil, err
	}
	if admin, _ := cmd.Flags().GetString("admin"); admin != "" {
		c.Admin = admin
	}
	offline, err := cmd.Flags().GetBool("offline")
	if err != nil {
		return nil, err
	}
	if c.Admin != "" && !offline {
		remote := newRemoteJobs(c.Admin)
		switch err := remote.greet(cmd.Context()); {
		case err == nil:
			return remote, nil
		case cmd.Flags().Changed("admin"):
			return nil, err
		}
		fmt.Fprintf(cmd.ErrOrStderr(), "no server at %s: reading the data of the apps\n", remote.base)
	}
	return newStoredJobs(c), nil
}

func withoutFlags(s conf.Sources) conf.Sources {
	s.Flags = nil
	return s
}

func printJobs(cmd *cobra.Command, list server.JobList) error {
	if asJSON, _ := cmd.Flags().GetBool("json"); asJSON {
		out := json.NewEncoder(cmd.OutOrStdout())
		out.SetIndent("", "  ")
		return out.Encode(list)
	}
	if err := writeJobs(cmd.OutOrStdout(), list.Jobs, time.Now()); err != nil {
		return err
	}
	var failed []error
	for app, problem := range list.Problems {
		failed = append(failed, fmt.Errorf("app %s: %s", app, problem))
	}
	return errors.Join(failed...)
}

// writeJobs prints a table: by app, and in each what runs next first.
func writeJobs(w io.Writer, jobs []server.Job, now time.Time) error {
	if len(jobs) == 0 {
		_, err := fmt.Fprintln(w, "no jobs")
		return err
	}
	slices.SortStableFunc(jobs, func(a, b server.Job) int { return strings.Compare(a.App, b.App) })
	table := tabwriter.NewWriter(w, 0, 0, 2, ' ', 0)
	fmt.Fprintln(table, "APP\tKIND\tMETHOD\tNEXT\tWHAT\tID")
	for _, j := range jobs {
		fmt.Fprintf(table, "%s\t%s\t%s\t%s\t%s\t%s\n", j.App, j.Kind, j.Method, nextOf(j, now), whatOf(j), idOf(j))
	}
	return table.Flush()
}

func idOf(j server.Job) string {
	if j.Kind == "timer" || j.ID != j.Method {
		return j.ID
	}
	return ""
}

func nextOf(j server.Job, now time.Time) string {
	switch {
	case j.Next == nil:
		return "-"
	case j.Next.Before(now):
		return "now"
	}
	return fmt.Sprintf("%s (in %s)", j.Next.Local().Format("2006-01-02 15:04:05"), roughly(j.Next.Sub(now)))
}

// roughly is a duration as people say it.
func roughly(d time.Duration) string {
	switch {
	case d >= 48*time.Hour:
		return fmt.Sprintf("%dd", int(d/(24*time.Hour)))
	case d.Round(time.Minute) >= time.Hour:
		return strings.TrimSuffix(d.Round(time.Minute).String(), "0s")
	}
	return d.Round(time.Second).String()
}

func whatOf(j server.Job) string {
	var parts []string
	if j.Every != "" {
		parts = append(parts, j.Every)
	}
	if j.State != "" {
		parts = append(parts, j.State)
	}
	if text := string(j.Argument); text != "" {
		parts = append(parts, shortText(text))
	}
	switch {
	case j.Attempts > 0 && j.Kind == "listener":
		parts = append(parts, fmt.Sprintf("restarted %d times", j.Attempts))
	case j.Attempts > 0:
		parts = append(parts, fmt.Sprintf("failed %d times", j.Attempts))
	}
	if j.Error != "" {
		parts = append(parts, "last error: "+shortText(j.Error))
	}
	return strings.Join(parts, ", ")
}

func shortText(text string) string {
	const most = 60
	runes := []rune(strings.Join(strings.Fields(text), " "))
	if len(runes) > most {
		return string(runes[:most]) + "..."
	}
	return string(runes)
}
