import ArgumentParser
import JSON

/// The options that every subcommand has.
struct CommonOptions: ParsableArguments {
    @Option(help: "The store's file; also MUSTER_STORE (default: muster.sqlite).")
    var store: String?

    @Option(help: "A YAML file of settings; also MUSTER_CONFIG.")
    var config: String?

    @Flag(help: "Print one JSON object on standard output.")
    var json = false

    /// Prints the answer in the form that was asked for.
    func answer(json members: (inout JSONObjectWriter) -> Void, text: () -> String) {
        if json { Console.print(json: members) } else { Console.print(text()) }
    }
}
