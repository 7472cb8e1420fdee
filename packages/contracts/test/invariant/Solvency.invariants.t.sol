// SPDX-License-Identifier: MIT
pragma solidity ^0.8.34;

import {ExchangeLaws} from "./ExchangeLaws.sol";
import {HandlerBase} from "./handlers/HandlerBase.sol";
import {SolvencyHandler} from "./handlers/SolvencyHandler.sol";

/// @dev The laws under {SolvencyHandler}'s actions, which include those of all layers. Fewer and longer runs, since
/// only accounts that have traded can be liquidated.
/// forge-config: default.invariant.runs = 8
/// forge-config: default.invariant.depth = 256
/// forge-config: deep.invariant.runs = 5000
/// forge-config: deep.invariant.depth = 300
contract SolvencyInvariants is ExchangeLaws {
    function createHandler() internal override returns (HandlerBase) {
        return new SolvencyHandler(world);
    }
}

/// @dev The same with a base token of 8 decimals and collateral of 18.
/// forge-config: default.invariant.runs = 4
/// forge-config: default.invariant.depth = 256
/// forge-config: deep.invariant.runs = 5000
/// forge-config: deep.invariant.depth = 300
contract SolvencyInvariantsCollateral18 is SolvencyInvariants {
    function collateralDecimals() internal pure override returns (uint8) {
        return 18;
    }

    function baseDecimals() internal pure override returns (uint8) {
        return 8;
    }
}

/// @dev The same with collateral of 8 decimals.
/// forge-config: default.invariant.runs = 4
/// forge-config: default.invariant.depth = 256
/// forge-config: deep.invariant.runs = 5000
/// forge-config: deep.invariant.depth = 300
contract SolvencyInvariantsCollateral8 is SolvencyInvariants {
    function collateralDecimals() internal pure override returns (uint8) {
        return 8;
    }
}
