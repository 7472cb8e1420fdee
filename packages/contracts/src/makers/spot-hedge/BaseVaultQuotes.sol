// SPDX-License-Identifier: MIT
pragma solidity ^0.8.34;

import {IERC20} from "@openzeppelin/contracts/token/ERC20/IERC20.sol";
import {IClearingHouse} from "../../interfaces/IClearingHouse.sol";
import {LpQuotes} from "../lp/LpQuotes.sol";
import {BaseAccounting} from "./BaseAccounting.sol";
import {SpotHedgeStorage} from "./SpotHedgeStorage.sol";

/// @title The LP views of a base vault
/// @dev Runs on the storage of a {SpotHedgeBaseMaker}. The {BaseVaultModule} of the maker deploys it.
contract BaseVaultQuotes is BaseAccounting, LpQuotes {
    constructor(IClearingHouse clearingHouse_, uint256 marketId_, IERC20 baseToken_)
        SpotHedgeStorage("", "", msg.sender, clearingHouse_, marketId_, baseToken_, baseToken_)
    {}
}
