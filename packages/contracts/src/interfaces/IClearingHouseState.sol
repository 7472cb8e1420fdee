// SPDX-License-Identifier: MIT
pragma solidity ^0.8.34;

import {MarketStatus} from "../types/Market.sol";
import {IBackstop} from "./IBackstop.sol";
import {IPriceOracle} from "./IPriceOracle.sol";
import {IVault} from "./IVault.sol";

/// @title State of the ClearingHouse that its parts share
interface IClearingHouseState {
    function vault() external view returns (IVault);

    function oracle() external view returns (IPriceOracle);

    /// @notice The contract that deleverages accounts and settles markets.
    function backstop() external view returns (IBackstop);

    function marketCount() external view returns (uint256);

    function guardian() external view returns (address);

    function systemStatus() external view returns (MarketStatus);
}
