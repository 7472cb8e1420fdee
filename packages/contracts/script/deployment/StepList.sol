// SPDX-License-Identifier: MIT
pragma solidity ^0.8.34;

import {Script} from "forge-std/Script.sol";
import {Expectation} from "./Expectation.sol";

enum Comparison {
    /// @dev The result equals `expected` in the bits of `mask`; in all bits without a mask.
    Equal,
    /// @dev The first word of the result is not zero.
    NotZero,
    /// @dev The first word of the result is at least that of `expected`.
    AtLeast,
    /// @dev The native balance of `to` is at least the first word of `expected`.
    Balance
}

/// @dev A read that shows whether a step has been executed.
struct Probe {
    /// @dev For messages: the setting that is read.
    string name;
    address to;
    bytes data;
    bytes expected;
    bytes mask;
    Comparison comparison;
}

/// @dev One transaction of a deployment, or one call of a batch.
struct Step {
    /// @dev Unique and stable: "markets.ETH.feed".
    string id;
    /// @dev Calls of an authority with the same section form one batch.
    string section;
    /// @dev Name of the created contract; empty for other calls.
    string artifact;
    /// @dev Address of the created contract; zero for other calls.
    address creates;
    /// @dev Encoded constructor arguments of a created contract.
    bytes arguments;
    /// @dev Account that must send the call; zero: any account.
    address by;
    address to;
    /// @dev Wei
    uint256 value;
    bytes data;
    /// @dev The step is done if the created contract has code and all probes hold.
    Probe[] probes;
    /// @dev Approvals only, zero otherwise: the event (account indexed, approved, effectiveAt) that shows an approval whose delay
    /// runs, while the probe does not hold yet.
    bytes32 approvalEvent;
}

/// @title Builds, writes and simulates the ordered list of a deployment
/// @notice {_create} and {_call} append one step: they write it, ABI-encoded, as one line of the file, and execute it in the state of
/// the script, unless its probes hold already. So a list that is written to the end has no step that reverts or is without effect.
/// @dev Contracts come from the artifacts of the shipping build, so this script compiles without them.
abstract contract StepList is Script {
    /// @notice The simulation of a step reverted with `reason`.
    error StepFailed(string id, bytes reason);
    /// @notice The step succeeded, but this setting has not the value that the step sets.
    error StepWithoutEffect(string id, string setting);
    /// @notice The chain has no deterministic deployment proxy.
    error NoDeploymentProxy(address proxy);

    /// @dev https://github.com/Arachnid/deterministic-deployment-proxy, the same address on every chain.
    address internal constant PROXY = 0x4e59b44847b379578588920cA78FbF26c0B4956C;
    /// @dev Sends the steps of any account.
    address private constant ANY = address(uint160(uint256(keccak256("counterpoise any account"))));

    string internal _out;
    string internal _section;
    /// @dev Part of all salts: one exchange of a name for each chain, configuration and build.
    string internal _name;
    /// @dev Addresses of contracts that exist, by the hash of the step's id. Arguments of their constructors can have changed in the
    /// configuration since, and with them the address that CREATE2 yields.
    mapping(bytes32 id => address) internal _existing;
    /// @dev Addresses of all contracts of the list, by the hash of the step's id.
    mapping(bytes32 id => address) internal _addressOf;

    // ---------------------------------------------------------------------------------------------------- steps ----

    /// @dev A contract created by CREATE2 through the proxy. Its salt is the id of the step.
    function _create(string memory id, string memory artifact, bytes memory arguments) internal returns (address) {
        if (PROXY.code.length == 0) revert NoDeploymentProxy(PROXY);
        bytes32 salt = keccak256(abi.encode(_name, id));
        bytes memory code = bytes.concat(_code(artifact), arguments);
        address created = _existing[keccak256(bytes(id))];
        if (created == address(0)) created = vm.computeCreate2Address(salt, keccak256(code), PROXY);
        _addressOf[keccak256(bytes(id))] = created;
        _append(
            Step({
                id: id,
                section: _section,
                artifact: artifact,
                creates: created,
                arguments: arguments,
                by: address(0),
                to: PROXY,
                value: 0,
                data: bytes.concat(salt, code),
                probes: new Probe[](0),
                approvalEvent: 0
            })
        );
        return created;
    }

    function _call(string memory id, address by, address to, bytes memory data, Probe memory probe) internal {
        _call(id, by, to, data, _list(probe), 0);
    }

    function _call(string memory id, address by, address to, bytes memory data, Probe[] memory probes, bytes32 approval)
        internal
    {
        _append(
            Step({
                id: id,
                section: _section,
                artifact: "",
                creates: address(0),
                arguments: "",
                by: by,
                to: to,
                value: 0,
                data: data,
                probes: probes,
                approvalEvent: approval
            })
        );
    }

    /// @dev Writes and simulates a step.
    function _append(Step memory step) internal {
        vm.writeLine(_out, vm.toString(abi.encode(step)));
        (bool isDone,) = _isDone(step);
        if (isDone) return;
        address sender = step.by == address(0) ? ANY : step.by;
        vm.deal(sender, sender.balance + step.value);
        vm.prank(sender);
        (bool success, bytes memory reason) = step.to.call{value: step.value}(step.data);
        if (!success) revert StepFailed(step.id, reason);
        string memory setting;
        (isDone, setting) = _isDone(step);
        // A guard has no effect, and delayed approvals have theirs later.
        bool isLater = step.approvalEvent != 0 || bytes4(step.data) == Expectation.requireResult.selector;
        if (!isDone && !isLater) revert StepWithoutEffect(step.id, setting);
    }

    function _code(string memory artifact) internal view returns (bytes memory) {
        return vm.getCode(string.concat("packages/contracts/out/", artifact, ".sol/", artifact, ".json"));
    }

    // --------------------------------------------------------------------------------------------------- probes ----

    function _equal(string memory name, address to, bytes memory data, bytes memory expected)
        internal
        pure
        returns (Probe memory)
    {
        return Probe(name, to, data, expected, "", Comparison.Equal);
    }

    function _masked(string memory name, address to, bytes memory data, bytes memory expected, bytes memory mask)
        internal
        pure
        returns (Probe memory)
    {
        return Probe(name, to, data, expected, mask, Comparison.Equal);
    }

    function _notZero(string memory name, address to, bytes memory data) internal pure returns (Probe memory) {
        return Probe(name, to, data, "", "", Comparison.NotZero);
    }

    function _atLeast(string memory name, address to, bytes memory data, uint256 value)
        internal
        pure
        returns (Probe memory)
    {
        return Probe(name, to, data, abi.encode(value), "", Comparison.AtLeast);
    }

    function _list(Probe memory probe) internal pure returns (Probe[] memory probes) {
        probes = new Probe[](1);
        probes[0] = probe;
    }

    function _list(Probe memory a, Probe memory b) internal pure returns (Probe[] memory probes) {
        probes = new Probe[](2);
        (probes[0], probes[1]) = (a, b);
    }

    /// @dev Whether a step needs no transaction, and the first setting that differs.
    function _isDone(Step memory step) private view returns (bool, string memory setting) {
        if (step.creates != address(0)) return (step.creates.code.length != 0, "code");
        for (uint256 i = 0; i < step.probes.length; ++i) {
            if (!_holds(step.probes[i])) return (false, step.probes[i].name);
        }
        return (true, "");
    }

    function _holds(Probe memory probe) private view returns (bool) {
        if (probe.comparison == Comparison.Balance) return probe.to.balance >= abi.decode(probe.expected, (uint256));
        (bool success, bytes memory result) = probe.to.staticcall(probe.data);
        if (!success || result.length == 0) return false;
        if (probe.comparison == Comparison.NotZero) return abi.decode(result, (uint256)) != 0;
        if (probe.comparison == Comparison.AtLeast) {
            return abi.decode(result, (uint256)) >= abi.decode(probe.expected, (uint256));
        }
        if (result.length != probe.expected.length) return false;
        if (probe.mask.length == 0) return keccak256(result) == keccak256(probe.expected);
        for (uint256 i = 0; i < result.length; ++i) {
            if ((result[i] ^ probe.expected[i]) & probe.mask[i] != 0) return false;
        }
        return true;
    }
}
