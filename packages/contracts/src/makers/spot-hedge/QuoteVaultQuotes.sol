// SPDX-License-Identifier: MIT
pragma solidity ^0.8.34;

import {IERC20} from "@openzeppelin/contracts/token/ERC20/IERC20.sol";
import {IClearingHouse} from "../../interfaces/IClearingHouse.sol";
import {LpQuotes} from "../lp/LpQuotes.sol";
import {QuoteAccounting} from "./QuoteAccounting.sol";
import {SpotHedgeStorage} from "./SpotHedgeStorage.sol";

/// @title The LP views of a quote vault
/// @dev Runs on the storage of the {SpotHedgeQuoteMaker} whose constructor receives it with its {QuoteVaultModule}. The deployed
/// contract owns itself.
contract QuoteVaultQuotes is QuoteAccounting, LpQuotes {
    constructor(IClearingHouse clearingHouse_, uint256 marketId_, IERC20 baseToken_)
        SpotHedgeStorage("", "", address(this), clearingHouse_, marketId_, clearingHouse_.vault().asset(), baseToken_)
    {}
}
