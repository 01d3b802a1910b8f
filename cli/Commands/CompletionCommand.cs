using System.CommandLine;

namespace Orchestrator.Cli.Commands;

/// <summary><c>orchestrator completion bash|zsh</c>: the shell asks this program what may come next, so it never knows something else.</summary>
internal static class CompletionCommand
{
    private const string Bash =
        """
        _orchestrator() {
          COMPREPLY=($(compgen -W "$(orchestrator "[suggest:$COMP_POINT]" "$COMP_LINE" 2>/dev/null)" -- "${COMP_WORDS[COMP_CWORD]}"))
        }
        complete -o default -F _orchestrator orchestrator
        """;

    private const string Zsh =
        """
        #compdef orchestrator
        _orchestrator() {
          local -a found
          found=("${(@f)$(orchestrator "[suggest:${#BUFFER}]" "$BUFFER" 2>/dev/null)}")
          compadd -- $found || _files
        }
        compdef _orchestrator orchestrator
        """;

    public static Command Create()
    {
        var shell = new Argument<string>("shell") { Description = "bash or zsh." };
        shell.AcceptOnlyFromAmong("bash", "zsh");
        var command = new Command("completion", "Prints what makes a shell complete this program's words: eval \"$(orchestrator completion bash)\".") { shell };
        command.SetAction(parsed => parsed.InvocationConfiguration.Output.WriteLine(parsed.GetValue(shell) == "bash" ? Bash : Zsh));
        return command;
    }
}
