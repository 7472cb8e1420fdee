// SPDX-License-Identifier: MIT
pragma solidity ^0.8.34;

import {Test, console} from "forge-std/Test.sol";
import {Bounds} from "./Bounds.sol";

/// @dev Counts of passed and refused calls of each handler action. A declared action that never passes is dead: the
/// campaign proves nothing about it. `pnpm fuzz` sums the counts of all runs and reports dead actions.
abstract contract ActionLog is Bounds {
    mapping(bytes32 action => uint256 calls) public done;
    mapping(bytes32 action => uint256 calls) public refused;
    bytes32[] private _actions;
    mapping(bytes32 action => bool) private _isDeclared;

    /// @dev Seen with -vv: the counts of the last run.
    function printCalls() external view {
        for (uint256 i = 0; i < _actions.length; ++i) {
            bytes32 action = _actions[i];
            console.log("%s: %d done, %d refused", _name(action), done[action], refused[action]);
        }
    }

    /// @dev The counts of this run: "action done refused", and commas between. A view, or forge would call it as an action.
    function calls() external view returns (string memory line) {
        for (uint256 i = 0; i < _actions.length; ++i) {
            bytes32 action = _actions[i];
            string memory counts =
                string.concat(_name(action), " ", vm.toString(done[action]), " ", vm.toString(refused[action]));
            line = i == 0 ? counts : string.concat(line, ",", counts);
        }
    }

    function _declare(bytes32 action) internal {
        if (_isDeclared[action]) return;
        _isDeclared[action] = true;
        _actions.push(action);
    }

    function _count(bytes32 action) internal {
        _declare(action);
        done[action]++;
    }

    function _countRefusal(bytes32 action) internal {
        _declare(action);
        refused[action]++;
    }

    /// @dev Without the zeros at the end.
    function _name(bytes32 action) internal pure returns (string memory) {
        uint256 length;
        while (length < 32 && action[length] != 0) ++length;
        bytes memory name = new bytes(length);
        for (uint256 i = 0; i < length; ++i) {
            name[i] = action[i];
        }
        return string(name);
    }
}

/// @dev A suite whose handler counts.
abstract contract RecordsActions is Test {
    /// @dev Appends the counts to the file that the environment names, if it names one.
    function _recordCalls(ActionLog handler) internal {
        string memory path = vm.envOr("FUZZ_ACTIONS", string(""));
        if (bytes(path).length != 0) vm.writeLine(path, handler.calls());
    }
}
