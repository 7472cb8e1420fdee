// SPDX-License-Identifier: MIT
pragma solidity ^0.8.34;

import {SpotHedgeQuoteMakerExchange} from "../utils/SpotHedgeQuoteMakerExchange.sol";

/// @dev T19: compares a contract's ABI, from the artifact of the build under test, with a table of open and guarded
/// functions, and calls every guarded function from every kind of account.
///
/// A line of the table names a function without its parameters, and covers all of its overloads. The test fails for
/// functions without a line and for lines without a function, and names them.
///
/// Guards come before all other checks, so that calldata of zeros is enough to reach them: it decodes as zero, false,
/// and empty arrays, for any parameters. Where a guard depends on a parameter, the line has its own arguments.
abstract contract AuthorityTable is SpotHedgeQuoteMakerExchange {
    struct Guard {
        string name;
        /// @dev The error for other callers: selector, arguments before the caller, arguments after it.
        bytes4 selector;
        bytes before;
        bytes behind;
        /// @dev Accounts that may call; empty: no account.
        address[] approved;
        /// @dev ABI-encoded; zeros if empty.
        bytes args;
    }

    string[] private _open;
    Guard[] private _guards;
    /// @dev These call every guarded function, besides the accounts that may.
    address[] private _callers;

    function setUp() public virtual override {
        super.setUp();
        _callers = [stranger, makeAddr("guardian"), owner(), address(house), address(backstop), address(gateway)];
    }

    // ---------------------------------------------------------------------------------------------------- table ----

    function open(string memory name) internal {
        _open.push(name);
    }

    /// @dev The error carries the caller alone.
    function guarded(string memory name, bytes4 selector, address[] memory approved) internal {
        guarded(name, selector, "", "", approved, "");
    }

    /// @dev The error carries the caller and then `behind`.
    function guarded(string memory name, bytes4 selector, bytes memory behind, address[] memory approved) internal {
        guarded(name, selector, "", behind, approved, "");
    }

    function guarded(
        string memory name,
        bytes4 selector,
        bytes memory before,
        bytes memory behind,
        address[] memory approved,
        bytes memory args
    ) internal {
        _guards.push(Guard(name, selector, before, behind, approved, args));
    }

    function noCaller() internal pure returns (address[] memory) {}

    function only(address a) internal pure returns (address[] memory approved) {
        approved = new address[](1);
        approved[0] = a;
    }

    function either(address a, address b) internal pure returns (address[] memory approved) {
        approved = new address[](2);
        (approved[0], approved[1]) = (a, b);
    }

    // ---------------------------------------------------------------------------------------------------- check ----

    /// @dev `file` and `name` of the contract's artifact.
    function check(string memory file, string memory name, address target) internal {
        string memory json = vm.readFile(string.concat(artifacts(), file, "/", name, ".json"));
        string[] memory signatures = vm.parseJsonKeys(json, ".methodIdentifiers");
        string memory changing = _names(json);
        bool[] memory seen = new bool[](_open.length + _guards.length);
        for (uint256 i = 0; i < signatures.length; ++i) {
            string memory function_ = vm.split(signatures[i], "(")[0];
            if (!vm.contains(changing, string.concat(" ", function_, " "))) continue;
            uint256 line = _lineOf(function_);
            assertLt(
                line, seen.length, string.concat(name, ".", signatures[i], " is in no line of the authority table")
            );
            seen[line] = true;
            if (line >= _open.length) {
                _try(string.concat(name, ".", signatures[i]), target, signatures[i], _guards[line - _open.length]);
            }
        }
        for (uint256 i = 0; i < seen.length; ++i) {
            string memory function_ = i < _open.length ? _open[i] : _guards[i - _open.length].name;
            assertTrue(
                seen[i], string.concat("the authority table lists ", name, ".", function_, ", which is not there")
            );
        }
    }

    /// @dev Names of all functions that can change state, each between spaces.
    function _names(string memory json) private pure returns (string memory list) {
        string memory filter =
            ".abi[?(@.type == 'function' && @.stateMutability != 'view' && @.stateMutability != 'pure')]";
        string[] memory names = abi.decode(vm.parseJson(json, string.concat(filter, ".name")), (string[]));
        list = " ";
        for (uint256 i = 0; i < names.length; ++i) {
            list = string.concat(list, names[i], " ");
        }
    }

    function _lineOf(string memory name) private view returns (uint256 line) {
        bytes32 key = keccak256(bytes(name));
        for (; line < _open.length; ++line) {
            if (keccak256(bytes(_open[line])) == key) return line;
        }
        for (; line < _open.length + _guards.length; ++line) {
            if (keccak256(bytes(_guards[line - _open.length].name)) == key) return line;
        }
    }

    function _try(string memory label, address target, string memory signature, Guard memory guard) private {
        bytes memory args = guard.args.length == 0 ? new bytes(1024) : guard.args;
        bytes memory data = bytes.concat(bytes4(keccak256(bytes(signature))), args);
        for (uint256 i = 0; i < _callers.length; ++i) {
            if (!_contains(guard.approved, _callers[i])) _tryAs(_callers[i], false, label, target, data, guard);
        }
        for (uint256 i = 0; i < guard.approved.length; ++i) {
            _tryAs(guard.approved[i], true, label, target, data, guard);
        }
    }

    function _tryAs(
        address caller,
        bool mayCall,
        string memory label,
        address target,
        bytes memory data,
        Guard memory guard
    ) private {
        uint256 snapshot = vm.snapshotState();
        vm.prank(caller);
        (bool success, bytes memory answer) = target.call(data);
        vm.revertToState(snapshot);
        label = string.concat(label, " by ", vm.getLabel(caller));
        bytes memory refusal = bytes.concat(guard.selector, guard.before, abi.encode(caller), guard.behind);
        if (!mayCall) {
            assertFalse(success, label);
            assertEq(answer, refusal, label);
        } else if (!success) {
            // The call passes or fails for another reason, so that the guard admitted it.
            assertTrue(bytes4(answer) != guard.selector, label);
        }
    }

    function _contains(address[] memory list, address account) private pure returns (bool) {
        for (uint256 i = 0; i < list.length; ++i) {
            if (list[i] == account) return true;
        }
        return false;
    }
}
