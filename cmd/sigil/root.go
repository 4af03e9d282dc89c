package main

import (
	"github.com/spf13/cobra"
)

const longHelp = `Sigil hosts apps written as annotated JavaScript or TypeScript classes.

Put a file into apps/:

    // apps/hello.js
    export default class Hello extends AppBase {
      @Websocket echo(ws) { ws.onMessage((text) => ws.send("you said " + text)); }
    }

and it answers at ws://127.0.0.1:8081/hello/echo. Save it again and the code changes under
the connections that are open.

Without a command, sigil serves.`

// newRoot makes the command tree. Commands print what went wrong themselves or return it; usage is shown on request only.
func newRoot() *cobra.Command {
	serve := newServe()
	root := &cobra.Command{
		Use:           "sigil",
		Short:         "Hosts realtime apps written as annotated JavaScript classes",
		Long:          longHelp,
		Version:       versionText(),
		Args:          cobra.NoArgs,
		SilenceUsage:  true,
		SilenceErrors: true,
		RunE:          serve.RunE,
	}
	root.SetVersionTemplate("sigil {{.Version}}\n")
	serveFlags(root)
	root.CompletionOptions.HiddenDefaultCmd = true
	root.AddCommand(serve, newNew(), newCheck(), newTest(), newRoutes(), newJobs(), newTypes(), newVersion())
	return root
}

func newVersion() *cobra.Command {
	return &cobra.Command{
		Use:   "version",
		Short: "Prints the version",
		Args:  cobra.NoArgs,
		Run:   func(cmd *cobra.Command, _ []string) { cmd.Println("sigil " + versionText()) },
	}
}
