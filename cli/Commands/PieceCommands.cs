using System.CommandLine;
using Orchestrator.Cli.Embedded;

namespace Orchestrator.Cli.Commands;

/// <summary>The verbs by which this program starts itself again as a piece of the laptop stack. Nobody types them.</summary>
internal static class PieceCommands
{
    public static Command Database() => Create(Piece.Database, (state, _, cancel) => DatabasePiece.StartAsync(state, cancel));

    public static Command Service() => Create(Piece.Service, ServicePiece.StartAsync);

    public static Command Worker() => Create(Piece.Worker, WorkerPiece.StartAsync);

    private static Command Create(Piece piece, Func<StateFolder, PieceRecord?, CancellationToken, Task<RunningPiece>> start)
    {
        var command = new Command(piece.Verb()) { Hidden = true };
        command.SetAction(async (_, cancel) =>
        {
            var state = StateFolder.Open();
            return (int)await new PieceHost(piece, state).RunAsync((former, token) => start(state, former, token), cancel);
        });
        return command;
    }
}
